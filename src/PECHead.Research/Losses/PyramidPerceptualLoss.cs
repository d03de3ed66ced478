using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_v = Σ_s Σ_i mean |φ_i(x̂_s) − φ_i(x_s)| over reduced copies s and features i; the target has no gradient.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 5; First Order Motion Model: scales 1, 1/2, 1/4, 1/8 by anti-aliased reduction, sums instead
/// of means over scales and layers. Copies smaller than the features accept are left out.
/// </remarks>
public sealed class PyramidPerceptualLoss : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "features")] private readonly PerceptualFeatures _features;
    [ComponentName(Name = "reductions")] private readonly ModuleList<AntiAliasDownsample> _reductions;

    /// <summary>Builds the loss.</summary>
    /// <param name="features">The features; the loss owns them from now on.</param>
    public PyramidPerceptualLoss(PerceptualFeatures features) : base(nameof(PyramidPerceptualLoss))
    {
        _features = features;
        _reductions = new ModuleList<AntiAliasDownsample>(
            [.. features.Reductions.Select(factor => new AntiAliasDownsample(3, factor))]);
        RegisterComponents();
    }

    /// <summary>What the features are; goes into the log of every run.</summary>
    public string Name => _features.Name;

    /// <summary>Evaluates the term.</summary>
    /// <param name="input1">Generated frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="input2">Driving frames of the same shape.</param>
    /// <returns>A scalar, not negative.</returns>
    /// <exception cref="ArgumentException">Frames smaller than the features accept.</exception>
    public override Tensor forward(Tensor input1, Tensor input2) => Evaluate(input1, input2, null);

    /// <summary>Evaluates the term where some places count more than others.</summary>
    /// <param name="input1">Generated frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="input2">Driving frames of the same shape.</param>
    /// <param name="weights">How much each place counts, [N, 1, H, W]; null: 1.</param>
    /// <returns>A scalar, not negative.</returns>
    /// <exception cref="ArgumentException">Frames smaller than the features accept.</exception>
    internal Tensor Evaluate(Tensor input1, Tensor input2, Tensor? weights)
    {
        TensorGuard.Shape(input1, nameof(input1), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(input2, nameof(input2), input1.shape);
        TensorGuard.Same(input2, nameof(input2), input1, nameof(input1));
        long side = Math.Min(input1.size(2), input1.size(3));
        var reductions = _reductions.Where(reduction => side / reduction.Factor >= _features.SmallestSide).ToList();
        if (reductions.Count == 0)
            throw new ArgumentException($"{Name} needs frames of at least {_features.SmallestSide} px, not {side}.", nameof(input1));
        using var scope = NewDisposeScope();
        return reductions.SelectMany(reduction => Differences(reduction.call(input1), reduction.call(input2), weights))
            .Aggregate((sum, term) => sum + term).MoveToOuterDisposeScope();
    }

    private IEnumerable<Tensor> Differences(Tensor generated, Tensor driving, Tensor? weights)
    {
        IReadOnlyList<Tensor> targets;
        using (no_grad())
            targets = _features.call(driving.detach());
        return _features.call(generated).Zip(targets, (feature, target) => PlaceWeights.Mean((feature - target).abs(), weights));
    }
}
