using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using PECHead.Research.Metrics.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>LPIPS, version 0.1: weighted squared differences of unit-length features, mean over places, sum over layers.</summary>
/// <remarks>
/// <b>Paper:</b> Zhang et al. 2018. Backbones are torchvision's; the weights of the differences are the files <c>alex</c>,
/// <c>vgg</c> and <c>squeeze</c> of the authors, not negative. Papers differ in the network, so its name is always shown.
/// </remarks>
public sealed class PerceptualDistance : FrameMetric, IDisposable
{
    private const double Epsilon = 1e-10;
    private static readonly float[] Shift = [-0.030f, -0.088f, -0.188f];
    private static readonly float[] Scale = [0.458f, 0.448f, 0.450f];

    private readonly TappedConvolutions _backbone;
    private readonly Tensor[] _weights;   // [1, C, 1, 1] a layer
    private readonly Tensor _shift;
    private readonly Tensor _scale;
    private readonly Device _device;
    private readonly bool _ownsNetworks = true;

    private PerceptualDistance(PerceptualNetwork network, TappedConvolutions backbone, Tensor[] weights, Device device)
    {
        Name = network switch
        {
            PerceptualNetwork.AlexNet => "LPIPS[alex]",
            PerceptualNetwork.Vgg16 => "LPIPS[vgg16]",
            _ => "LPIPS[squeeze]",
        };
        (_backbone, _weights, _device) = (backbone, weights, device);
        _shift = tensor(Shift, [1, 3, 1, 1], device: device).DetachFromDisposeScope();
        _scale = tensor(Scale, [1, 3, 1, 1], device: device).DetachFromDisposeScope();
    }

    private PerceptualDistance(PerceptualDistance owner)
    {
        (Name, _backbone, _weights, _shift, _scale, _device) = (owner.Name, owner._backbone, owner._weights, owner._shift, owner._scale, owner._device);
        _ownsNetworks = false;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <summary>Builds the metric from two files' weights.</summary>
    /// <param name="network">Which network.</param>
    /// <param name="backbone">State dict of torchvision's network; its classifier may be absent.</param>
    /// <param name="linear">State dict of the authors' file: <c>lin0.model.1.weight</c> [1, C, 1, 1] and so on.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, a shape differs, or a weight is negative.</exception>
    public static PerceptualDistance FromStateDicts(
        PerceptualNetwork network, IReadOnlyDictionary<string, Tensor> backbone, IReadOnlyDictionary<string, Tensor> linear,
        Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(linear);
        var features = ModuleWeights.Frozen(PerceptualBackbone.Create(network));
        ModuleWeights.Fill(
            features, backbone, $"torchvision's {network}", name => name.StartsWith("classifier.", StringComparison.Ordinal), prefix: "features.");
        var place = device ?? CPU;
        Tensor[] weights = [.. features.Widths.Select((width, layer) => Weight(linear, layer, width, place))];
        features.to(place);
        return new PerceptualDistance(network, features, weights, place);
    }

    /// <summary>The same metric without samples, on the networks of this one, which must outlive it.</summary>
    public PerceptualDistance Another() => new(this);

    /// <summary>Frees the networks, unless they are those of <see cref="Another"/> metric.</summary>
    public void Dispose()
    {
        if (!_ownsNetworks) return;
        _backbone.Dispose();
        _shift.Dispose();
        _scale.Dispose();
        foreach (var weight in _weights)
            weight.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor PerFrame(Tensor generated, Tensor driving)
    {
        using var scope = NewDisposeScope();
        Tensor? total = null;
        foreach (var ((x, y), weight) in Features(generated).Zip(Features(driving)).Zip(_weights))
        {
            var difference = (Unit(x) - Unit(y)).square();
            var layer = (difference * weight).sum(1).mean([1, 2]);
            total = total is null ? layer : total + layer;
        }
        return total!.to(ScalarType.Float64).MoveToOuterDisposeScope();
    }

    private IReadOnlyList<Tensor> Features(Tensor frames) =>
        _backbone.call((frames.to(ScalarType.Float32, _device) * 2 - 1 - _shift) / _scale);

    private static Tensor Unit(Tensor features) => features / (features.square().sum(1, keepdim: true).sqrt() + Epsilon);

    private static Tensor Weight(IReadOnlyDictionary<string, Tensor> linear, int layer, long width, Device device)
    {
        string name = $"lin{layer}.model.1.weight";
        if (!linear.TryGetValue(name, out var stored))
            throw new CheckpointFormatException($"These are not the linear weights of LPIPS: '{name}' is missing.");
        if (!stored.shape.AsSpan().SequenceEqual([1, width, 1, 1]))
            throw new CheckpointFormatException($"These are not the linear weights of this LPIPS: '{name}' is [{string.Join(", ", stored.shape)}] instead of [1, {width}, 1, 1].");
        if (stored.min().ToDouble() < 0)
            throw new CheckpointFormatException($"These are not the linear weights of LPIPS 0.1: '{name}' holds negative numbers.");
        using var scope = NewDisposeScope();
        return (stored.detach().to(ScalarType.Float32, device) + 0).DetachFromDisposeScope();
    }
}
