using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Follows one face through the frames of a clip: the same person, with a crop that does not jitter.</summary>
/// <remarks>
/// <b>Choice:</b> the detector reads every frame. Of several faces the one stays that overlaps with the frame before (the
/// largest at first); where the detector finds none, the last box serves for a few frames. The crop of the second pass
/// is smoothed exponentially, unless the face jumps.
/// </remarks>
public sealed class FaceTracker
{
    private const float JumpOverlap = 0.5f;
    private readonly FaceDetector _detector;
    private readonly FaceMesh _mesh;
    private FaceBox? _box;
    private FaceCrop? _crop;
    private float _score;
    private int _lost;

    /// <summary>Builds a tracker for one clip; the networks stay the caller's.</summary>
    /// <param name="detector">Finds the faces.</param>
    /// <param name="mesh">Reads the points.</param>
    public FaceTracker(FaceDetector detector, FaceMesh mesh) => (_detector, _mesh) = (detector, mesh);

    /// <summary>Weight of the frame before in the crop, 0 (none) to below 1. <b>Choice:</b> 0.5.</summary>
    public float Smoothing { get; init; } = 0.5f;

    /// <summary>Frames for which a face is sought where it was last. <b>Choice:</b> 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Forgets the clip.</summary>
    public void Reset() => (_box, _crop, _score, _lost) = (null, null, 0, 0);

    /// <summary>Reads the next frames of the clip.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1]; any N.</param>
    /// <returns>One mesh a frame; the score halves with every frame that the detector does not see the face.</returns>
    public FaceMeshes Track(Tensor frames)
    {
        var detected = _detector.Detect(frames);
        var faces = new DetectedFace?[detected.Count];
        var (starts, scores) = (new FaceCrop?[detected.Count], new float[detected.Count]);
        for (var i = 0; i < detected.Count; i++)
        {
            faces[i] = Choose(detected[i]);
            scores[i] = _score;
            starts[i] = _box is { } box ? FaceMesh.FromDetection(i, box) : null;
        }

        var crops = Array.ConvertAll(_mesh.Locate(frames, starts), Smooth);
        return _mesh.InCrops(frames, crops, faces, scores);
    }

    private DetectedFace? Choose(IReadOnlyList<DetectedFace> found)
    {
        if (_lost >= Patience)
            Reset();
        var face = _box is { } last
            ? found.Where(candidate => candidate.Box.Overlap(last) > 0).MaxBy(candidate => candidate.Box.Overlap(last))
            : found.Count > 0 ? found[0] : null;
        if (face is null)
            (_lost, _score) = (_lost + 1, _score / 2);
        else
            (_box, _score, _lost) = (face.Box, face.Score, 0);
        return face;
    }

    private FaceCrop? Smooth(FaceCrop? next)
    {
        if (next is { } crop && _crop is { } before && Box(crop).Overlap(Box(before)) > JumpOverlap)
        {
            var turn = MathF.IEEERemainder(before.Angle - crop.Angle, 2 * MathF.PI);
            next = crop with
            {
                Centre = new FacePoint(float.Lerp(crop.Centre.X, before.Centre.X, Smoothing), float.Lerp(crop.Centre.Y, before.Centre.Y, Smoothing)),
                Side = float.Lerp(crop.Side, before.Side, Smoothing),
                Angle = crop.Angle + (turn * Smoothing),
            };
        }

        return _crop = next;
    }

    private static FaceBox Box(FaceCrop crop)
    {
        var half = crop.Side / 2;
        return new FaceBox(crop.Centre.X - half, crop.Centre.Y - half, crop.Centre.X + half, crop.Centre.Y + half);
    }
}
