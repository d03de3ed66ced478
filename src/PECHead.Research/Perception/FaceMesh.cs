using PECHead.Research.Data;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>468 points of a face in three dimensions: MediaPipe's mesh, as @vladmandic/human ships it.</summary>
/// <remarks>
/// <b>Choice:</b> two passes. The first reads the detector's box, made square, enlarged by 1.4 and rounded as in the package;
/// the second reads a square that follows the points of the first: upright along the eye line, 1.5 times as large as
/// they reach, unrounded. It moves the points by about 1 % of the distance of the eyes and keeps mouth and chin right when
/// the head is tilted. The package's own rounding of the points to whole pixels is left out.
/// </remarks>
public sealed class FaceMesh : IDisposable
{
    /// <summary>Points of a mesh.</summary>
    public const int PointCount = 468;

    /// <summary>Outer corner of the eye on the left of the picture, and of the other one: the ends of the eye line.</summary>
    internal static readonly (int Left, int Right) EyeLine = (33, 263);

    private const float DetectionScale = 1.4f;
    private const float MeshScale = 1.5f;
    private readonly GraphModel _model;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceMesh(FaceNetworkFiles files, Device? device = null)
        => _model = GraphModel.Load(files.FaceMesh).to(device ?? CPU);

    /// <summary>Whether the second pass runs. <b>Choice:</b> true.</summary>
    public bool Refine { get; init; } = true;

    /// <summary>Least certainty of the network that it sees a face. <b>Choice:</b> 0.5.</summary>
    public float MinimumCertainty { get; init; } = 0.5f;

    /// <summary>Crops run together, which bounds the memory. <b>Choice:</b> 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Finds the largest face of every frame and its mesh.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1], of any size.</param>
    /// <param name="detector">Finds the faces.</param>
    public FaceMeshes Find(Tensor frames, FaceDetector detector)
    {
        var faces = detector.Detect(frames).Select(found => found.Count > 0 ? found[0] : null).ToArray();
        return Follow(frames, faces);
    }

    /// <summary>Finds the mesh of one given face in every frame.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1], of any size.</param>
    /// <param name="faces">N faces; null where a frame has none.</param>
    public FaceMeshes Follow(Tensor frames, IReadOnlyList<DetectedFace?> faces)
    {
        TensorGuard.Shape(frames, nameof(frames), faces.Count, 3, TensorGuard.Some, TensorGuard.Some);
        var crops = faces.Select((face, i) => face is null ? (FaceCrop?)null : FromDetection(i, face.Box)).ToArray();
        var scores = faces.Select(face => face?.Score ?? 0).ToArray();
        return Refine
            ? InCrops(frames, Locate(frames, crops), faces, scores)
            : Result(frames.device, Pass(frames, crops, cornerAligned: true), crops, faces, scores);
    }

    /// <summary>The first pass: the crops that the second should read.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1], of any size.</param>
    /// <param name="crops">One crop for each frame, of <see cref="FromDetection"/>; null where there is none.</param>
    /// <returns>Crops around the points; null where the network saw no face.</returns>
    internal FaceCrop?[] Locate(Tensor frames, FaceCrop?[] crops)
    {
        var (points, certainty) = Pass(frames, crops, cornerAligned: true);
        return [.. crops.Select((crop, i) => crop is not null && certainty[i] >= MinimumCertainty
            ? FromMesh(i, points.AsSpan(i * PointCount * 3, PointCount * 3)) : (FaceCrop?)null)];
    }

    /// <summary>The second pass.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1], of any size.</param>
    /// <param name="crops">One crop for each frame; null where there is none.</param>
    /// <param name="faces">What the detector had found there.</param>
    /// <param name="scores">How sure it is that there is a face.</param>
    internal FaceMeshes InCrops(Tensor frames, FaceCrop?[] crops, IReadOnlyList<DetectedFace?> faces, float[] scores)
        => Result(frames.device, Pass(frames, crops, cornerAligned: false), crops, faces, scores);

    /// <summary>The crop of the first pass: rounded to whole pixels, as in the package.</summary>
    /// <param name="frame">Index of the frame.</param>
    /// <param name="box">The detector's box.</param>
    internal static FaceCrop FromDetection(int frame, FaceBox box)
    {
        var square = box.Square(DetectionScale);
        var (left, top, right, bottom) = (Rounded(square.Left), Rounded(square.Top), Rounded(square.Right), Rounded(square.Bottom));
        return new FaceCrop(frame, new FacePoint((left + right) / 2, (top + bottom) / 2), Math.Max(Math.Max(right - left, bottom - top), 1));

        static float Rounded(float value) => MathF.Floor(value + 0.5f);
    }

    /// <summary>The upright square around a mesh.</summary>
    /// <param name="frame">Index of the frame.</param>
    /// <param name="points">468 x 3 numbers, in pixels of the frame.</param>
    internal static FaceCrop FromMesh(int frame, ReadOnlySpan<float> points)
    {
        var (from, to) = (EyeLine.Left * 3, EyeLine.Right * 3);
        var angle = MathF.Atan2(points[to + 1] - points[from + 1], points[to] - points[from]);
        var upright = new FaceCrop(frame, new FacePoint(0, 0), 1, angle, 1);
        var (left, top, right, bottom) = (float.MaxValue, float.MaxValue, float.MinValue, float.MinValue);
        for (var i = 0; i < points.Length; i += 3)
        {
            var (x, y) = upright.ToCrop(new FacePoint(points[i], points[i + 1]));
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        }

        var centre = upright.ToFrame(new FacePoint((left + right) / 2, (top + bottom) / 2));
        return new FaceCrop(frame, centre, Math.Max(Math.Max(right - left, bottom - top) * MeshScale, 1), angle);
    }

    /// <summary>The crop of the second pass around points of an upright face.</summary>
    /// <param name="frame">Index of the frame.</param>
    /// <param name="box">The box of the points.</param>
    internal static FaceCrop AroundPoints(int frame, FaceBox box) => new(frame, box.Centre, Math.Max(Math.Max(box.Width, box.Height) * MeshScale, 1));

    /// <summary>Reads the points of crops; differentiable in the frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="crops">Where faces are known to be.</param>
    /// <returns>[crops, 468, 3], in pixels of the crops.</returns>
    internal Tensor Trace(Tensor frames, IReadOnlyList<FaceCrop> crops)
    {
        using var scope = NewDisposeScope();
        var pictures = FaceCrop.Cut(frames.to(_model.buffers().First().device), crops, cornerAligned: false);
        return _model.call(pictures)["output_mesh"].reshape(crops.Count, PointCount, 3).to(frames.device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private FaceMeshes Result(Device device, (float[] Points, float[] Certainty) read, FaceCrop?[] crops, IReadOnlyList<DetectedFace?> faces, float[] scores)
    {
        var (points, certainty) = read;
        for (var i = 0; i < crops.Length; i++)
        {
            if (crops[i] is not null && certainty[i] >= MinimumCertainty)
                continue;
            crops[i] = null;
            certainty[i] = 0;
            points.AsSpan(i * PointCount * 3, PointCount * 3).Clear();
        }

        return new FaceMeshes(
            tensor(points, [crops.Length, PointCount, 3], device: device), [.. certainty.Zip(scores, (certain, score) => certain * score)], crops,
            [.. faces.Select((face, i) => crops[i] is null ? null : face)]);
    }

    /// <summary>Reads the points of every crop, in pixels of its frame, and the network's certainty.</summary>
    private (float[] Points, float[] Certainty) Pass(Tensor frames, FaceCrop?[] crops, bool cornerAligned)
    {
        var points = new float[crops.Length * PointCount * 3];
        var certainty = new float[crops.Length];
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var pictures = frames.detach().to(ScalarType.Float32).to(_model.buffers().First().device);
        foreach (var chunk in crops.OfType<FaceCrop>().Chunk(BatchSize))
        {
            using var inner = NewDisposeScope();
            var outputs = _model.call(FaceCrop.Cut(pictures, chunk, cornerAligned));
            var (mesh, flags) = (FrameImage.Values(outputs["output_mesh"]), FrameImage.Values(outputs["output_faceflag"]));
            for (var i = 0; i < chunk.Length; i++)
            {
                certainty[chunk[i].Frame] = float.IsFinite(flags[i]) ? flags[i] : 0;
                ToFrame(mesh.AsSpan(i * PointCount * 3, PointCount * 3), chunk[i], points.AsSpan(chunk[i].Frame * PointCount * 3));
            }
        }

        return (points, certainty);
    }

    private static void ToFrame(ReadOnlySpan<float> mesh, FaceCrop crop, Span<float> points)
    {
        for (var i = 0; i < mesh.Length; i += 3)
        {
            (points[i], points[i + 1]) = crop.ToFrame(new FacePoint(mesh[i], mesh[i + 1]));
            points[i + 2] = mesh[i + 2] * crop.Scale;
        }
    }
}
