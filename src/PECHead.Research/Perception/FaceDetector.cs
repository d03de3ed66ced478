using PECHead.Research.Data;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Finds faces: BlazeFace of @vladmandic/human.</summary>
/// <remarks>
/// 896 anchors: 2 in each cell of 16 pixels, then 6 in each of 32, on a picture of 256 x 256. A row of 16 numbers is the
/// centre relative to its anchor, width and height, then six points relative to the anchor.
/// <b>Choice:</b> as in the package the picture is squashed to 256 x 256, whatever its aspect, by the interpolation without
/// half-pixel shift; overlapping boxes are suppressed at an overlap of 0.1, and scores below 0.2 count as no face.
/// </remarks>
public sealed class FaceDetector : IDisposable
{
    private const int Side = 256;
    private const int RowLength = 16;
    private const int KeypointCount = 6;
    private static readonly (int Stride, int PerCell)[] Layers = [(16, 2), (32, 6)];
    private static readonly FacePoint[] Anchors = [.. Layers.SelectMany(AnchorsOf)];
    private readonly GraphModel _model;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceDetector(FaceNetworkFiles files, Device? device = null)
        => _model = GraphModel.Load(files.BlazeFace).to(device ?? CPU);

    /// <summary>Least score of a face. <b>Choice:</b> 0.2, the package's.</summary>
    public float MinimumScore { get; init; } = 0.2f;

    /// <summary>Greatest overlap of two faces. <b>Choice:</b> 0.1, the package's.</summary>
    public float MaximumOverlap { get; init; } = 0.1f;

    /// <summary>Most faces in a frame; the best scores win.</summary>
    public int MaximumFaces { get; init; } = 16;

    /// <summary>Frames run together, which bounds the memory. <b>Choice:</b> 8, whose activations stay near the cores.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Finds the faces of every frame.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1], of any size.</param>
    /// <returns>For each frame its faces, the largest first; an empty list where there is none.</returns>
    public IReadOnlyList<IReadOnlyList<DetectedFace>> Detect(Tensor frames)
    {
        TensorGuard.Shape(frames, nameof(frames), TensorGuard.Any, 3, TensorGuard.Some, TensorGuard.Some);
        using var quiet = no_grad();
        var found = new List<IReadOnlyList<DetectedFace>>();
        for (var first = 0L; first < frames.size(0); first += BatchSize)
        {
            using var scope = NewDisposeScope();
            found.AddRange(DetectPiece(frames.narrow(0, first, Math.Min(BatchSize, frames.size(0) - first))));
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private IEnumerable<List<DetectedFace>> DetectPiece(Tensor frames)
    {
        var (height, width) = ((float)frames.size(2), (float)frames.size(3));
        var input = LegacyResize.Apply(frames.detach().to(ScalarType.Float32).to(_model.buffers().First().device), Side, Side);
        var outputs = _model.call((input * 2) - 1);
        var logits = cat([outputs["Identity"], outputs["Identity_1"]], 1).squeeze(2);
        var scores = FrameImage.Values(logits.sigmoid());
        var rows = FrameImage.Values(cat([outputs["Identity_2"], outputs["Identity_3"]], 1));
        return Enumerable.Range(0, (int)frames.size(0)).Select(frame => Pick(
            scores.AsSpan(frame * Anchors.Length, Anchors.Length), rows.AsSpan(frame * Anchors.Length * RowLength, Anchors.Length * RowLength), width / Side, height / Side));
    }

    private List<DetectedFace> Pick(ReadOnlySpan<float> scores, ReadOnlySpan<float> rows, float scaleX, float scaleY)
    {
        var candidates = new List<DetectedFace>();
        for (var i = 0; i < scores.Length; i++)
        {
            // A score that is no number, of a frame with such pixels, is no face either.
            if (scores[i] > MinimumScore)
                candidates.Add(Decode(rows.Slice(i * RowLength, RowLength), Anchors[i], scores[i], scaleX, scaleY));
        }

        var kept = new List<DetectedFace>();
        foreach (var face in candidates.OrderByDescending(face => face.Score))
        {
            if (kept.Count < MaximumFaces && face.Box.Area > 0 && kept.TrueForAll(other => other.Box.Overlap(face.Box) <= MaximumOverlap))
                kept.Add(face);
        }

        return [.. kept.OrderByDescending(face => face.Box.Area)];
    }

    private static DetectedFace Decode(ReadOnlySpan<float> row, FacePoint anchor, float score, float scaleX, float scaleY)
    {
        var points = new FacePoint[1 + KeypointCount];
        for (var k = 0; k < points.Length; k++)
        {
            // The first pair is the centre; width and height stand between it and the points.
            var at = k == 0 ? 0 : 2 + (2 * k);
            points[k] = new FacePoint((row[at] + anchor.X) * scaleX, (row[at + 1] + anchor.Y) * scaleY);
        }

        var (halfWidth, halfHeight) = (row[2] * scaleX / 2, row[3] * scaleY / 2);
        var box = new FaceBox(points[0].X - halfWidth, points[0].Y - halfHeight, points[0].X + halfWidth, points[0].Y + halfHeight);
        return new DetectedFace(box, score, points[1..]);
    }

    private static IEnumerable<FacePoint> AnchorsOf((int Stride, int PerCell) layer)
    {
        var cells = Side / layer.Stride;
        for (var y = 0; y < cells; y++)
        {
            for (var x = 0; x < cells; x++)
            {
                for (var n = 0; n < layer.PerCell; n++)
                    yield return new FacePoint(layer.Stride * (x + 0.5f), layer.Stride * (y + 0.5f));
            }
        }
    }
}
