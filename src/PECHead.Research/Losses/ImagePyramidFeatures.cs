using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Colours and colour gradients of an image pyramid: features that need no trained weights.</summary>
/// <remarks>
/// <b>Choice:</b> the default where no trained network is at hand. Per level the image itself and its differences along
/// x and along y, in this order; the next level is the mean of 2x2 pixels. Compared by mean absolute difference they
/// reward edges in the right place, at every scale.
/// </remarks>
public sealed class ImagePyramidFeatures : PerceptualFeatures
{
    private readonly int _levels;

    /// <summary>Builds the features.</summary>
    /// <param name="levels">Levels of the pyramid, at least 1. <b>Choice:</b> 4, as many as the scales of the VGG loss.</param>
    public ImagePyramidFeatures(int levels = 4) : base(nameof(ImagePyramidFeatures))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        _levels = levels;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override string Name => $"image pyramid, {_levels} levels, colours and gradients";

    /// <inheritdoc/>
    public override IReadOnlyList<int> Reductions => [1];

    /// <inheritdoc/>
    public override int SmallestSide => 2 << (_levels - 1);

    /// <summary>Computes the features.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>Three tensors a level.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        TensorGuard.Shape(input, nameof(input), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        if (Math.Min(input.size(2), input.size(3)) < SmallestSide)
            throw new ArgumentException($"Expected frames of at least {SmallestSide} px, received {input.size(3)}x{input.size(2)}.", nameof(input));
        using var scope = NewDisposeScope();
        var features = new List<Tensor>();
        var image = input.alias();
        for (int level = 0; level < _levels; level++)
        {
            if (level > 0)
                image = nn.functional.avg_pool2d(image, 2);
            features.Add(image);
            features.Add(Difference(image, 3));
            features.Add(Difference(image, 2));
        }
        return features.ConvertAll(feature => feature.MoveToOuterDisposeScope());
    }

    private static Tensor Difference(Tensor image, int dimension)
    {
        long length = image.size(dimension) - 1;
        return image.narrow(dimension, 1, length) - image.narrow(dimension, 0, length);
    }
}
