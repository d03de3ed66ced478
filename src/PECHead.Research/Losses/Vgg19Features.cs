using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1 of VGG19, for a network trained on ImageNet.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 5 (VGG term); layers as in First Order Motion Model.
/// Weights are torchvision's: a state dict with the names <c>features.N.weight</c>. They are frozen.
/// </remarks>
public sealed class Vgg19Features : PerceptualFeatures
{
    private const string Prefix = "features.";
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    [ComponentName(Name = "features")] private readonly Vgg19Stack _stack;
    [ComponentName(Name = "mean")] private readonly Tensor _mean;
    [ComponentName(Name = "deviation")] private readonly Tensor _deviation;

    private Vgg19Features() : base(nameof(Vgg19Features))
    {
        _stack = new Vgg19Stack();
        _mean = tensor(ImageNetMean, [1, 3, 1, 1]).DetachFromDisposeScope();
        _deviation = tensor(ImageNetDeviation, [1, 3, 1, 1]).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override string Name => "VGG19 (torchvision weights)";

    /// <inheritdoc/>
    public override IReadOnlyList<int> Reductions => [1, 2, 4, 8];

    /// <inheritdoc/>
    public override int SmallestSide => 16;

    /// <summary>Builds the network from torchvision's weights.</summary>
    /// <param name="weights">State dict of torchvision's <c>vgg19</c>; the parts after relu5_1 may be absent.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape differs; the message lists them.</exception>
    public static Vgg19Features FromStateDict(IReadOnlyDictionary<string, Tensor> weights)
    {
        Vgg19Layout.Check(weights);
        var features = new Vgg19Features();
        using (no_grad())
        {
            foreach (var (name, parameter) in features._stack.named_parameters())
                parameter.copy_(weights[Prefix + name]);
        }
        foreach (var parameter in features.parameters())
            parameter.requires_grad = false;
        features.eval();
        return features;
    }

    /// <summary>Computes the five feature maps.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1], sides of at least <see cref="SmallestSide"/>.</param>
    /// <returns>64, 128, 256, 512 and 512 channels at 1, 1/2, 1/4, 1/8 and 1/16 of the side.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        var features = _stack.call((input - _mean) / _deviation);
        return [.. features.Select(feature => feature.MoveToOuterDisposeScope())];
    }
}
