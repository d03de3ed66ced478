using System.Numerics;
using PECHead.Research.Metrics.Networks;
using PECHead.Research.Perception;

namespace PECHead.Research.Evaluation;

/// <summary>Where in a frame the square lies in which eyes, nose and mouth stand as ArcFace was trained to see them.</summary>
/// <remarks>
/// <b>Choice:</b> the five points come from the 68 landmarks: an eye is the mean of its six points. The square is the similarity
/// of least squares between the five points and <see cref="IdentityFeatures.Template"/>.
/// </remarks>
internal static class AlignedFaces
{
    private const double FirstPixel = 0.5;   // points count from the centre of the first pixel, crops from its edge
    private static readonly int[][] Groups = [[36, 37, 38, 39, 40, 41], [42, 43, 44, 45, 46, 47], [30], [48], [54]];

    /// <summary>Finds the square.</summary>
    /// <param name="frame">Index of the frame in its batch.</param>
    /// <param name="landmarks">68 points as x, y, x, y, …, in pixels of the frame.</param>
    public static FaceCrop Find(int frame, ReadOnlySpan<double> landmarks)
    {
        var (points, template) = (new Complex[Groups.Length], new Complex[Groups.Length]);
        for (int i = 0; i < Groups.Length; i++)
        {
            foreach (int point in Groups[i])
                points[i] += new Complex(landmarks[2 * point] + FirstPixel, landmarks[(2 * point) + 1] + FirstPixel) / Groups[i].Length;
            template[i] = new Complex(IdentityFeatures.Template[i].X + FirstPixel, IdentityFeatures.Template[i].Y + FirstPixel);
        }
        var (centre, target) = (Mean(points), Mean(template));
        var (product, square) = (Complex.Zero, 0.0);
        for (int i = 0; i < points.Length; i++)
        {
            product += Complex.Conjugate(points[i] - centre) * (template[i] - target);
            square += Complex.Abs(points[i] - centre) * Complex.Abs(points[i] - centre);
        }
        // Pixels of the frame for one of the square, turned: the inverse of product / square.
        var step = square / product;
        const double Middle = IdentityFeatures.Side / 2.0;
        var place = centre + (step * (new Complex(Middle, Middle) - target));
        return new FaceCrop(
            frame, new FacePoint((float)place.Real, (float)place.Imaginary), (float)(Complex.Abs(step) * IdentityFeatures.Side), (float)step.Phase, IdentityFeatures.Side);
    }

    private static Complex Mean(Complex[] points) => points.Aggregate(Complex.Zero, (sum, point) => sum + point) / points.Length;
}
