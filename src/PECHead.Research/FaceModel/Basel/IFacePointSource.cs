using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>Finds the landmarks from which <see cref="Deep3DCrop"/> is made.</summary>
public interface IFacePointSource
{
    /// <summary>Finds the largest face in each frame.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>N entries, null where there is no face.</returns>
    IReadOnlyList<FacePoints?> Locate(Tensor frames);
}

/// <summary>Takes the landmarks from another reconstructor, such as the embedded one.</summary>
/// <param name="reconstructor">Finds the landmarks; stays the caller's.</param>
public sealed class ReconstructedFacePoints(IFaceReconstructor reconstructor) : IFacePointSource
{
    /// <inheritdoc/>
    public IReadOnlyList<FacePoints?> Locate(Tensor frames)
    {
        TensorGuard.Shape(frames, nameof(frames), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var coefficients = reconstructor.Reconstruct(frames);
        var side = frames.size(3);
        var pixels = ((reconstructor.Landmarks(coefficients).to(ScalarType.Float64).cpu() + 1) * ((side - 1) / 2.0)).contiguous().data<double>().ToArray();
        var scores = coefficients.Score.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        return [.. scores.Select((score, frame) => score > 0 ? Face(pixels, frame, score) : null)];
    }

    private static FacePoints Face(double[] pixels, int frame, double score)
    {
        var points = new (double X, double Y)[FacePoints.FullCount];
        for (int i = 0; i < points.Length; i++)
        {
            int at = 2 * ((frame * points.Length) + i);
            points[i] = (pixels[at], pixels[at + 1]);
        }
        return new FacePoints(points, Math.Min(score, 1));
    }
}
