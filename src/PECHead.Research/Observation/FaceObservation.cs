using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>N frames with what is known of the face in each.</summary>
/// <param name="Image">[N, 3, S, S], RGB in [0, 1].</param>
/// <param name="Coefficients">Identity, expression and pose of the same N; the score is 0 where there is no face.</param>
/// <remarks>From a frame store come frames and coefficients alone; a <see cref="FaceObserver"/> adds what its networks saw.</remarks>
public sealed record FaceObservation(Tensor Image, FaceCoefficients Coefficients) : ITensorRecord
{
    /// <summary>Detected faces and their meshes; null where the networks did not run.</summary>
    public FaceMeshes? Meshes { get; init; }

    /// <summary>Descriptors of identity [N, 1024]; null where nobody asked for them.</summary>
    public Tensor? Descriptor { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Image, .. Coefficients.Tensors, .. new[] { Meshes?.Points, Descriptor }.OfType<Tensor>()];

    /// <summary>The frames as a model's source.</summary>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    public FaceFrame AsSource(IFaceReconstructor reconstructor) => new(Image, State(reconstructor, Coefficients));

    /// <summary>The frames as a model's driving frames: their motion, on the face of the source.</summary>
    /// <param name="source">Whose identity the landmarks take.</param>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    /// <remarks><b>Paper:</b> PECHead, Sec. 3.1.</remarks>
    public FaceFrame AsDriving(FaceCoefficients source, IFaceReconstructor reconstructor)
    {
        FaceCoefficients.Require(source, nameof(source));
        FaceCoefficients.Require(Coefficients, nameof(Coefficients));
        return new(Image, State(reconstructor, source.WithMotionOf(Coefficients)));
    }

    /// <summary>What a model is told of a face.</summary>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    /// <param name="coefficients">Of N frames.</param>
    public static FaceState State(IFaceReconstructor reconstructor, FaceCoefficients coefficients)
    {
        FaceCoefficients.Require(coefficients, nameof(coefficients));
        return new(new Keypoints(reconstructor.Landmarks(coefficients)), coefficients.Pose, coefficients.Expression.alias());
    }
}
