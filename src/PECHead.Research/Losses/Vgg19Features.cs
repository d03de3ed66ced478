using PECHead.Research.Checkpoints;
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
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    [ComponentName(Name = "features")] private readonly TappedConvolutions _stack;
    [ComponentName(Name = "mean")] private readonly Tensor _mean;
    [ComponentName(Name = "deviation")] private readonly Tensor _deviation;

    private Vgg19Features() : base(nameof(Vgg19Features))
    {
        // The fifth stage ends behind relu5_1.
        _stack = TappedConvolutions.Vgg([(64, 2), (128, 2), (256, 4), (512, 4), (512, 1)], tap: _ => 0);
        _mean = tensor(ImageNetMean, [1, 3, 1, 1]).DetachFromDisposeScope();
        _deviation = tensor(ImageNetDeviation, [1, 3, 1, 1]).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Torchvision's weights.</summary>
    public static PublishedWeights Published { get; } = new(
        "vgg19", "VGG19 for ImageNet", "the perceptual loss (features: vgg19)", "the model zoo of torchvision (downloaded by any use of the model)", 574.7,
        [new("vgg19-dcbb9e9d.pth", "dcbb9e9d")]);

    /// <inheritdoc/>
    public override string Name => "VGG19 (torchvision weights)";

    /// <inheritdoc/>
    public override IReadOnlyList<int> Reductions => [1, 2, 4, 8];

    /// <inheritdoc/>
    public override int SmallestSide => 16;

    /// <summary>Builds the network from torchvision's weights.</summary>
    /// <param name="weights">State dict of torchvision's <c>vgg19</c>; the parts after relu5_1 may be absent.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs; the message lists them.</exception>
    public static Vgg19Features FromStateDict(IReadOnlyDictionary<string, Tensor> weights)
    {
        var features = ModuleWeights.Frozen(new Vgg19Features());
        ModuleWeights.Fill(features._stack, weights, "torchvision's VGG19", IsBehindTheLastTap, prefix: "features.");
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

    private static bool IsBehindTheLastTap(string name) => name.Split('.') is ["classifier", ..] or ["features", "30" or "32" or "34", _];
}
