using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>A descriptor of 1024 numbers that tells people apart: FaceRes of @vladmandic/human.</summary>
/// <remarks>
/// Read from the crop of the mesh's first pass. <b>Choice:</b> colours in the order B, G, R minus their mean, as the network
/// was trained; the package feeds it RGB, which separates people less well (cosines of different people 0.49 instead of 0.41
/// on two of the embedded videos). Cosines of one person were above 0.68, of two people below 0.52.
/// </remarks>
public sealed class FaceDescriptor : IDisposable
{
    /// <summary>Numbers of a descriptor.</summary>
    public const int Length = 1024;

    private const int Pixels = 224;
    private static readonly float[] MeanBgr = [103.939f, 116.779f, 123.68f];
    private readonly GraphModel _model;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceDescriptor(FaceNetworkFiles files, Device? device = null)
        => _model = GraphModel.Load(files.FaceDescriptor).to(device ?? CPU);

    /// <summary>Describes one given face in every frame; differentiable in the frames when they ask for a gradient.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="faces">N faces; null where a frame has none.</param>
    /// <returns>[N, 1024], not negative, not normalised; zeros where there is no face.</returns>
    public Tensor Describe(Tensor frames, IReadOnlyList<DetectedFace?> faces)
    {
        TensorGuard.Shape(frames, nameof(frames), faces.Count, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        FaceCrop[] crops = [.. faces.Index().Where(face => face.Item is not null).Select(face => FaceMesh.FromDetection(face.Index, face.Item!.Box))];
        return FaceCrop.Each(frames.to(_model.buffers().First().device), crops, Length, (pictures, _) =>
        {
            var reversed = LegacyResize.Apply(pictures, Pixels, Pixels).flip(1) * 255;
            return _model.call(reversed - tensor(MeanBgr, [1, 3, 1, 1]).to(pictures.device))["global_pooling/Mean"];
        }).MoveToOuterDisposeScope();
    }

    /// <summary>Cosine of the angle between descriptors, row by row.</summary>
    /// <param name="left">[N, D].</param>
    /// <param name="right">[N, D].</param>
    /// <returns>[N], −1 to 1; 0 where one of them is zero.</returns>
    public static Tensor Similarity(Tensor left, Tensor right)
    {
        TensorGuard.Shape(left, nameof(left), TensorGuard.Any, TensorGuard.Some);
        TensorGuard.Shape(right, nameof(right), left.shape);
        return nn.functional.cosine_similarity(left, right, dim: 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
