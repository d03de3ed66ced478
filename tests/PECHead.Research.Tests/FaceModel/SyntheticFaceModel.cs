using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

/// <summary>A made-up model over the canonical points: smooth bends of known symmetry, some millimetres large.</summary>
internal static class SyntheticFaceModel
{
    public const int IdentitySize = 4;
    public const int ExpressionSize = 6;

    public static LinearFaceModel Create(ExpressionDirections? directions = null)
    {
        using var scope = NewDisposeScope();
        var mean = Canonical();
        return new LinearFaceModel(
            mean, Bends(mean, IdentitySize, 0), Bends(mean, ExpressionSize, 5), Signs(IdentitySize), Signs(ExpressionSize), directions);
    }

    public static Tensor Canonical() => tensor(CanonicalFace.Points.ToArray(), [CanonicalFace.PointCount, 3]);

    public static Tensor RigidWeights() => tensor(CanonicalFace.RigidWeights());

    /// <summary>Coefficients of believable size, float64 so that fits can be compared to the last digits.</summary>
    public static FaceCoefficients Faces(long count, ulong seed)
    {
        var faces = FaceCoefficientsTests.Random(count, seed, IdentitySize, ExpressionSize).To(ScalarType.Float64);
        return faces with { Translation = zeros_like(faces.Translation) };
    }

    private static Tensor Signs(int count) => tensor(Enumerable.Range(0, count).Select(k => k % 2 == 0 ? 1f : -1f).ToArray());

    /// <summary>Even modes keep the symmetry, odd ones reverse it.</summary>
    private static Tensor Bends(Tensor mean, int count, int first)
    {
        var modes = new Tensor[count];
        for (int k = 0; k < count; k++)
        {
            double f = 0.35 + (0.13 * (k + first));
            var wave = ((mean.select(1, 1) * f) + k).sin() * 0.25;
            var side = (mean.select(1, 0) * f * 0.7).sin();
            modes[k] = k % 2 == 0
                ? stack([wave * side, ((mean.select(1, 1) * f * 1.3) + 1).sin() * 0.15, (mean.select(1, 0) * f).cos() * 0.2], 1)
                : stack([wave * 0.5, wave * side, side * 0.2], 1);
        }
        return stack(modes, 0);
    }
}
