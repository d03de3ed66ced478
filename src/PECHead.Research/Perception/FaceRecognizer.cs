using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>A descriptor of 128 numbers that tells people apart: face_recognition of @vladmandic/face-api. Frozen; gradients flow to the picture.</summary>
/// <remarks>
/// A second opinion beside <see cref="FaceDescriptor"/>: its cosines between different people are high too (0.82 to 0.93),
/// those of one person above 0.93.
/// </remarks>
public sealed class FaceRecognizer : nn.Module<Tensor, Tensor>
{
    /// <summary>Numbers of a descriptor.</summary>
    public const int Length = 128;

    private const int Pixels = 150;

    [ComponentName(Name = "network")] private readonly RecognizerNetwork _network;
    [ComponentName(Name = "fc")] private readonly Tensor _projection;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceRecognizer(FaceNetworkFiles files) : base(nameof(FaceRecognizer))
    {
        var weights = new NamedWeights(files.Recognizer);
        _network = new RecognizerNetwork(weights);
        _projection = weights.Get("fc", 256, Length).DetachFromDisposeScope();
        RegisterComponents();
        eval();
    }

    /// <summary>Describes squares that hold a face, cut as by <see cref="Crop"/>.</summary>
    /// <param name="input">[N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>[N, 128], not normalised: the length is about 1.5.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _network.call(SquareInput.Read(input, Pixels)).mean([2, 3]).matmul(_projection).MoveToOuterDisposeScope();
    }

    /// <summary>Describes the face of every frame; differentiable in the frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="meshes">The meshes in these frames.</param>
    /// <returns>[N, 128]; zeros where no face was found.</returns>
    public Tensor Describe(Tensor frames, FaceMeshes meshes)
    {
        TensorGuard.Shape(frames, nameof(frames), meshes.Count, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        var points = meshes.Points.data<float>().ToArray();
        var stride = FaceMesh.PointCount * 3;
        var crops = Enumerable.Range(0, meshes.Count).Where(meshes.Found).Select(i => Crop(i, points.AsSpan(i * stride, stride))).ToArray();
        return FaceCrop.Each(frames, crops, Length, (pictures, _) => call(pictures)).MoveToOuterDisposeScope();
    }

    /// <summary>The crop that the network was trained on, dlib's: from the centres of both eyes and of the mouth, upright.</summary>
    /// <param name="frame">Index of the frame.</param>
    /// <param name="points">468 x 3 numbers, in pixels of the frame.</param>
    internal static FaceCrop Crop(int frame, ReadOnlySpan<float> points)
    {
        var (left, right, mouth) = (Landmarks68.Centre(points, 36, 42), Landmarks68.Centre(points, 42, 48), Landmarks68.Centre(points, 48, 68));
        var side = (Distance(left, mouth) + Distance(right, mouth)) / 2 / 0.45f;
        var (x, y) = ((left.X + right.X + mouth.X) / 3, (left.Y + right.Y + mouth.Y) / 3);
        // The centres lie at 0.5 of the width and 0.43 of the height.
        return new FaceCrop(frame, new FacePoint(x, y + ((0.5f - 0.43f) * side)), Math.Max(side, 1), 0, Pixels);

        static float Distance(FacePoint a, FacePoint b) => MathF.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
    }
}
