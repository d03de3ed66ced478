using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>Frames with the coefficients of their faces.</summary>
/// <param name="Image">[N, 3, S, S], RGB in [0, 1].</param>
/// <param name="Coefficients">Of the same N.</param>
public sealed record FaceBatch(Tensor Image, FaceCoefficients Coefficients)
{
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
