using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>The expression δ of a face at rest, to which one driving picture is compared.</summary>
/// <remarks>The numbers are the authors' (lip_array.pkl of LivePortrait, MIT); NOTICE names them.</remarks>
internal static class NeutralExpression
{
    private static readonly float[] Values =
    [
        -9.4524e-05f, 2.4222e-04f, -4.00974e-05f,
        2.08596e-04f, 4.68054e-04f, 1.27464e-05f,
        -1.24602e-04f, 3.24972e-04f, 4.425e-06f,
        1.19652e-04f, -4.56624e-04f, 5.40852e-05f,
        -2.65254e-04f, -7.4598e-05f, -1.5528e-05f,
        -3.34884e-05f, -1.83036e-04f, -3.49404e-06f,
        -4.75428e-07f, -4.52466e-07f, 1.59498e-06f,
        -5.41296e-04f, 0.0026328f, 7.2486e-06f,
        -1.1694e-05f, 5.00502e-06f, 9.9888e-06f,
        8.0286e-07f, 5.19132e-06f, -4.09344e-04f,
        1.66878e-04f, -1.9815e-05f, -8.8548e-05f,
        -1.51536e-05f, 8.2506e-05f, 5.94012e-06f,
        -2.61054e-07f, 2.7591e-06f, 2.21028e-06f,
        -6.6282e-05f, -6.8286e-05f, -3.45318e-06f,
        -8.3262e-04f, -0.00179592f, -2.59176e-06f,
        6.9714e-06f, 3.65514e-05f, -1.8978e-06f,
        -4.80876e-06f, 7.1148e-06f, -1.03236e-05f,
        -6.3684e-04f, -0.0011661f, 5.62314e-05f,
        2.8329e-04f, -1.45656e-05f, 1.09746e-05f,
        -4.16022e-06f, -0.0150906f, -0.0025494f,
        2.22474e-04f, 0.00562788f, 0.00272646f,
    ];

    /// <summary>The expression in the type and on the device of another tensor.</summary>
    /// <returns>[1, K, 3].</returns>
    public static Tensor Like(Tensor other) => tensor(Values, [1, LivePortraitConfig.KeypointCount, 3], dtype: other.dtype, device: other.device);
}
