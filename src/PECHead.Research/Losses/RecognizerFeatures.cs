using PECHead.Research.Layers;
using PECHead.Research.Perception;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Five layers of the face recogniser as perceptual features: trained on faces, and free to pass on.</summary>
/// <remarks>
/// <b>Choice:</b> stands in for VGG19 where its weights are not at hand. The network runs on whole frames, of any size; its
/// stem and the last block of 32, 64, 128 and 256 channels are compared, each divided by its mean activation on faces,
/// so that every layer weighs the same.
/// </remarks>
public sealed class RecognizerFeatures : PerceptualFeatures
{
    // Measured on frames of the embedded videos at 128 and 256 px.
    private static readonly double[] MeanActivations = [0.54, 1.05, 0.53, 0.83, 0.96];

    [ComponentName(Name = "network")] private readonly RecognizerNetwork _network;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public RecognizerFeatures(FaceNetworkFiles files) : base(nameof(RecognizerFeatures))
    {
        _network = new RecognizerNetwork(new NamedWeights(files.Recognizer));
        RegisterComponents();
        eval();
    }

    /// <inheritdoc/>
    public override string Name => "face recogniser (face-api weights), 5 layers";

    /// <inheritdoc/>
    public override IReadOnlyList<int> Reductions => [1, 2, 4];

    /// <inheritdoc/>
    public override int SmallestSide => 56;

    /// <summary>Computes the five feature maps; the gradient flows to the frames, the weights are frozen.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1], sides of at least <see cref="SmallestSide"/>.</param>
    /// <returns>32, 32, 64, 128 and 256 channels at about 1/2, 1/4, 1/8, 1/16 and 1/32 of the side.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        if (Math.Min(input.size(2), input.size(3)) < SmallestSide)
            throw new ArgumentException($"Expected frames of at least {SmallestSide} px, received {input.size(3)}x{input.size(2)}.", nameof(input));
        using var scope = NewDisposeScope();
        var taps = _network.Tapped(SquareInput.Centred(input));
        return [.. taps.Select((tap, i) => (tap / MeanActivations[i]).MoveToOuterDisposeScope())];
    }
}
