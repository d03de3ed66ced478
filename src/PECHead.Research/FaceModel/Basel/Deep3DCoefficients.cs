using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>The 257 numbers of <see cref="Deep3DNetwork"/> by name, as views.</summary>
/// <param name="Identity">[N, 80], shape of the person.</param>
/// <param name="Expression">[N, 64].</param>
/// <param name="Texture">[N, 80], albedo of the person.</param>
/// <param name="Angles">[N, 3] radians: pitch, yaw, roll, see <see cref="EulerAngles"/>.</param>
/// <param name="Light">[N, 27], spherical harmonics of three bands, nine each for R, G and B.</param>
/// <param name="Translation">[N, 3], decimetres: x right, y up, z towards the camera.</param>
/// <remarks><b>Paper:</b> Deng et al. 2019, Sec. 3.</remarks>
internal sealed record Deep3DCoefficients(
    Tensor Identity, Tensor Expression, Tensor Texture, Tensor Angles, Tensor Light, Tensor Translation)
{
    /// <summary>Numbers of <see cref="Identity"/>.</summary>
    public const int IdentitySize = 80;

    /// <summary>Numbers of <see cref="Expression"/>.</summary>
    public const int ExpressionSize = 64;

    /// <summary>All numbers.</summary>
    public const int Size = 257;

    /// <summary>Outputs of the seven heads in order; the translation comes from two, (x, y) and z.</summary>
    internal static IReadOnlyList<long> HeadSizes { get; } = [IdentitySize, ExpressionSize, 80, 3, 27, 2, 1];

    /// <summary>Takes an answer of the network apart.</summary>
    /// <param name="coefficients">[N, 257].</param>
    /// <returns>Views.</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public static Deep3DCoefficients Split(Tensor coefficients)
    {
        TensorGuard.Shape(coefficients, nameof(coefficients), TensorGuard.Any, Size);
        return new Deep3DCoefficients(
            coefficients.narrow(1, 0, 80), coefficients.narrow(1, 80, 64), coefficients.narrow(1, 144, 80),
            coefficients.narrow(1, 224, 3), coefficients.narrow(1, 227, 27), coefficients.narrow(1, 254, 3));
    }
}
