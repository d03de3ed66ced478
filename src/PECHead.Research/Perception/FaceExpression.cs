using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The expressions that the classifier tells apart, in the order of its outputs.</summary>
public enum ExpressionClass
{
    /// <summary>Angry.</summary>
    Angry,

    /// <summary>Disgusted.</summary>
    Disgusted,

    /// <summary>Fearful.</summary>
    Fearful,

    /// <summary>Happy.</summary>
    Happy,

    /// <summary>Sad.</summary>
    Sad,

    /// <summary>Surprised.</summary>
    Surprised,

    /// <summary>Neutral.</summary>
    Neutral,
}

/// <summary>Classifies expressions: the emotion network of @vladmandic/human.</summary>
public sealed class FaceExpression : IDisposable
{
    private const int Pixels = 64;
    private static readonly int Classes = Enum.GetValues<ExpressionClass>().Length;
    private static readonly float[] Luma = [0.2989f, 0.5870f, 0.1140f];
    private readonly GraphModel _model;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceExpression(FaceNetworkFiles files, Device? device = null)
        => _model = GraphModel.Load(files.Expression).to(device ?? CPU);

    /// <summary>Classifies one given face in every frame.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="faces">N faces; null where a frame has none.</param>
    /// <returns>[N, 7] probabilities in the order of <see cref="ExpressionClass"/>; zeros where there is no face.</returns>
    public Tensor Classify(Tensor frames, IReadOnlyList<DetectedFace?> faces)
    {
        TensorGuard.Shape(frames, nameof(frames), faces.Count, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        FaceCrop[] crops = [.. faces.Index().Where(face => face.Item is not null).Select(face => FaceMesh.FromDetection(face.Index, face.Item!.Box))];
        return FaceCrop.Each(frames.to(_model.buffers().First().device), crops, Classes, (pictures, _) =>
        {
            var gray = (LegacyResize.Apply(pictures, Pixels, Pixels) * tensor(Luma, [1, 3, 1, 1]).to(pictures.device)).sum(1, keepdim: true);
            return _model.call((gray - 0.5) * 2)["Identity"];
        }).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
