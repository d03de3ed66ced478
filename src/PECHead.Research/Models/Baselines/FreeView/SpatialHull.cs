namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>The convex hull of points in space.</summary>
internal static class SpatialHull
{
    // Collapsed points have no scale to compare, and must not divide by zero.
    private const double SmallestVolume = 1e-6;
    private const double Flat = 1e-12;

    /// <summary>The hull's volume, built up point by point.</summary>
    /// <param name="coordinates">x, y and z of each point in turn.</param>
    /// <returns>In cubed units of the coordinates, never 0.</returns>
    public static double Volume(ReadOnlySpan<double> coordinates)
    {
        var points = new double[coordinates.Length / 3][];
        for (int i = 0; i < points.Length; i++) points[i] = coordinates.Slice(3 * i, 3).ToArray();
        if (Start(points) is not { } faces) return SmallestVolume;
        foreach (var point in points)
        {
            var seen = faces.Where(face => Six(face.A, face.B, face.C, point) > Flat).ToList();
            if (seen.Count == 0) continue;
            var edges = seen.SelectMany(face => new[] { (face.A, face.B), (face.B, face.C), (face.C, face.A) }).ToHashSet();
            faces.RemoveAll(seen.Contains);
            // An edge that only one of the faces has is where what the point sees ends.
            faces.AddRange(edges.Where(edge => !edges.Contains((edge.Item2, edge.Item1))).Select(edge => (edge.Item1, edge.Item2, point)));
        }
        var inside = faces[0].A;
        return Math.Max(SmallestVolume, faces.Sum(face => -Six(face.A, face.B, face.C, inside)) / 6);
    }

    // A tetrahedron with its faces turned outwards; null where all points lie in a plane.
    private static List<(double[] A, double[] B, double[] C)>? Start(double[][] points)
    {
        for (int i = 3; i < points.Length; i++)
        {
            for (int j = 2; j < i; j++)
            {
                for (int k = 1; k < j; k++)
                {
                    var (a, b, c, d) = (points[0], points[k], points[j], points[i]);
                    double six = Six(a, b, c, d);
                    if (Math.Abs(six) <= Flat) continue;
                    if (six > 0) (b, c) = (c, b);
                    return [(a, b, c), (a, d, b), (b, d, c), (c, d, a)];
                }
            }
        }
        return null;
    }

    // Six times the signed volume of a tetrahedron: positive where d is in front of the face a, b, c.
    private static double Six(double[] a, double[] b, double[] c, double[] d)
    {
        (double X, double Y, double Z) From(double[] to) => (to[0] - a[0], to[1] - a[1], to[2] - a[2]);
        var (u, v, w) = (From(b), From(c), From(d));
        return (((u.Y * v.Z) - (u.Z * v.Y)) * w.X) + (((u.Z * v.X) - (u.X * v.Z)) * w.Y) + (((u.X * v.Y) - (u.Y * v.X)) * w.Z);
    }
}
