namespace PECHead.Research.Landmarks;

/// <summary>The convex hull of points in the plane.</summary>
public static class ConvexHull
{
    // A square of a pixel or so: collapsed points have no scale to compare, and must not divide by zero.
    private const double SmallestArea = 1e-4;

    /// <summary>The hull's area, as First Order Motion Model compares the sizes of two faces.</summary>
    /// <param name="coordinates">x and y of each point in turn.</param>
    /// <returns>In squared units of the coordinates, never 0.</returns>
    public static double Area(ReadOnlySpan<double> coordinates)
    {
        var points = new (double X, double Y)[coordinates.Length / 2];
        for (var i = 0; i < points.Length; i++) points[i] = (coordinates[2 * i], coordinates[(2 * i) + 1]);
        Array.Sort(points);
        var hull = new List<(double X, double Y)>(points.Length + 1);
        Chain(points, hull);
        Array.Reverse(points);
        Chain(points, hull);
        var twice = 0.0;
        for (var i = 0; i < hull.Count; i++)
        {
            var (a, b) = (hull[i], hull[(i + 1) % hull.Count]);
            twice += (a.X * b.Y) - (b.X * a.Y);
        }
        return Math.Max(SmallestArea, Math.Abs(twice) / 2);
    }

    // One half of Andrew's monotone chain, without its last point, with which the other half begins.
    private static void Chain((double X, double Y)[] points, List<(double X, double Y)> hull)
    {
        var start = hull.Count;
        foreach (var point in points)
        {
            while (hull.Count >= start + 2 && Cross(hull[^2], hull[^1], point) <= 0) hull.RemoveAt(hull.Count - 1);
            hull.Add(point);
        }
        if (points.Length > 1) hull.RemoveAt(hull.Count - 1);
    }

    private static double Cross((double X, double Y) o, (double X, double Y) a, (double X, double Y) b)
        => ((a.X - o.X) * (b.Y - o.Y)) - ((a.Y - o.Y) * (b.X - o.X));
}
