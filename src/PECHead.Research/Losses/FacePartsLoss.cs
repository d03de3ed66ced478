using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Mean |x̂ − x| around eyes and mouth: Σ_z m(z)·|x̂(z) − x(z)| / Σ_z m(z).</summary>
/// <remarks>
/// <b>Choice:</b> the paper has no such term. Eyes and mouth are a fiftieth of the frame, so that <see cref="PixelLoss"/> hardly
/// sees them, and yet all that people look at. m is the largest of the bumps of the 32 landmarks on eyes and mouth.
/// </remarks>
internal static class FacePartsLoss
{
    /// <summary>Variance of a landmark's bump, normalised units squared: bumps of neighbours touch.</summary>
    private const double Variance = 0.003;

    private const int FirstLandmark = 36;   // of 68: eyes 36 to 47, mouth 48 to 67
    private const int LandmarkCount = 32;

    /// <summary>Evaluates the term.</summary>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same shape.</param>
    /// <param name="landmarks">The 68 landmarks of the driving faces.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Tensor generated, Tensor driving, Keypoints landmarks)
    {
        TensorGuard.Shape(generated, nameof(generated), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(driving, nameof(driving), generated.shape);
        TensorGuard.Shape(landmarks.Positions, nameof(landmarks), driving.size(0), FirstLandmark + LandmarkCount, 2);
        using var scope = NewDisposeScope();
        var parts = new Keypoints(landmarks.Positions.narrow(1, FirstLandmark, LandmarkCount));
        var mask = GaussianHeatmap.Render(parts, driving.size(2), driving.size(3), Variance).max(1, keepdim: true).values;   // [N, 1, H, W]
        var error = (generated - driving).abs().mean([1], keepdim: true);
        return ((mask * error).sum() / mask.sum()).MoveToOuterDisposeScope();
    }
}
