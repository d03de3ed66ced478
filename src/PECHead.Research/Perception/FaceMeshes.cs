using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The meshes of a batch of frames.</summary>
/// <param name="Points">
/// [N, 468, 3], float32 on the device of the frames: x and y in pixels of the frame (0 at its left and upper edge), z in the same unit, growing
/// away from the camera; zeros where no face was found.
/// </param>
/// <param name="Scores">One a frame, 0 to 1: the detector's score times the mesh network's certainty that it sees a face; 0 where none was found.</param>
/// <param name="Crops">The crop that the points were last read from; null where no face was found.</param>
/// <param name="Faces">What the detector had found; null where no face was found, or where it was only followed from the frame before.</param>
public sealed record FaceMeshes(Tensor Points, IReadOnlyList<float> Scores, IReadOnlyList<FaceCrop?> Crops, IReadOnlyList<DetectedFace?> Faces)
    : ITensorRecord, IDisposable
{
    private static readonly float[] FirstPixel = [0.5f, 0.5f, 0];

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Points];

    /// <summary>Number of frames.</summary>
    public int Count => Scores.Count;

    /// <summary>Whether a face was found in a frame.</summary>
    /// <param name="frame">Index in the batch.</param>
    public bool Found(int frame) => Crops[frame] is not null;

    /// <summary>The points as this library counts: whole numbers are the centres of pixels. [N, 468, 3].</summary>
    public Tensor FromPixelCentres()
    {
        using var scope = NewDisposeScope();
        return (Points - tensor(FirstPixel, device: Points.device)).MoveToOuterDisposeScope();
    }

    /// <summary>The scores [N] on the device of the points.</summary>
    public Tensor ScoreTensor() => tensor(Scores.ToArray(), device: Points.device);

    /// <inheritdoc/>
    public void Dispose() => Points.Dispose();
}
