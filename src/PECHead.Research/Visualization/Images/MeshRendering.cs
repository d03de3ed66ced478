using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Draws a triangle mesh as a shaded surface, lit from where the camera is.</summary>
/// <remarks>Corners carry the mean normal of their triangles, so that the surface looks smooth; a depth map says which triangle is in front.</remarks>
public static class MeshRendering
{
    private static readonly (double R, double G, double B) Clay = (226, 200, 182);
    private const double Ambient = 0.22;

    /// <summary>Draws a mesh.</summary>
    /// <param name="points">[P, 3]: (x, y) in [-1, 1] of the frame, y down; z towards the camera.</param>
    /// <param name="triangles">Corners of the triangles.</param>
    /// <param name="behind">A square picture behind the mesh; null: white.</param>
    /// <param name="size">Side of the result, pixels.</param>
    /// <param name="opacity">How much the mesh covers what is behind it, 0 to 1.</param>
    public static RgbImage Draw(Tensor points, IReadOnlyList<(int A, int B, int C)> triangles, Picture? behind = null, int size = 256, double opacity = 1)
    {
        TensorGuard.Shape(points, nameof(points), TensorGuard.Any, 3);
        int corner = triangles.Count == 0 ? 0 : triangles.Max(triangle => Math.Max(triangle.A, Math.Max(triangle.B, triangle.C)));
        if (corner >= points.size(0))
            throw new ArgumentException($"Expected a point for corner {corner} of the triangles, received {points.size(0)} points.", nameof(points));
        float[] values = FrameImage.Values(points);
        var corners = Enumerable.Range(0, values.Length / 3)
            .Select(i => new Corner((values[3 * i] + 1) / 2 * (size - 1), (values[3 * i + 1] + 1) / 2 * (size - 1), values[3 * i + 2] / 2 * (size - 1))).ToArray();
        double[] light = Light(corners, triangles);
        var ground = Ground(behind?.Image, size);
        var image = new RgbImage(size, size, ground.Pixels.ToArray());
        var depth = Enumerable.Repeat(double.NegativeInfinity, size * size).ToArray();
        foreach (var (a, b, c) in triangles)
        {
            foreach (var (x, y, z, shade) in Inside((corners[a], light[a]), (corners[b], light[b]), (corners[c], light[c]), size))
            {
                if (z <= depth[y * size + x])
                    continue;
                depth[y * size + x] = z;
                image[x, y] = Mix(ground[x, y], shade, opacity);
            }
        }
        return image;
    }

    // The z part of the unit normal at every corner: the cosine to the camera. Front sides face it with a positive one.
    private static double[] Light(Corner[] corners, IReadOnlyList<(int A, int B, int C)> triangles)
    {
        var normals = new (double X, double Y, double Z)[corners.Length];
        foreach (var (a, b, c) in triangles)
        {
            var (p, q, r) = (corners[a], corners[b], corners[c]);
            var (ux, uy, uz, vx, vy, vz) = (q.X - p.X, q.Y - p.Y, q.Z - p.Z, r.X - p.X, r.Y - p.Y, r.Z - p.Z);
            // y points down, which turns counter-clockwise around: the product is taken the other way round.
            var (nx, ny, nz) = (vy * uz - vz * uy, vz * ux - vx * uz, vx * uy - vy * ux);
            foreach (int corner in (ReadOnlySpan<int>)[a, b, c])
                normals[corner] = (normals[corner].X + nx, normals[corner].Y + ny, normals[corner].Z + nz);
        }
        return [.. normals.Select(n => n.Z / Math.Max(1e-12, Math.Sqrt(n.X * n.X + n.Y * n.Y + n.Z * n.Z)))];
    }

    private static RgbImage Ground(RgbImage? picture, int size)
    {
        var image = new RgbImage(size, size);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
                image[x, y] = picture is null ? ((byte)255, (byte)255, (byte)255) : picture[x * picture.Width / size, y * picture.Height / size];
        }
        return image;
    }

    // The pixels whose middles lie in a triangle, with depth and light between those of its corners.
    private static IEnumerable<(int X, int Y, double Z, double Shade)> Inside((Corner At, double Light) a, (Corner At, double Light) b, (Corner At, double Light) c, int size)
    {
        double area = Area(a.At, b.At, c.At.X, c.At.Y);
        if (Math.Abs(area) < 1e-9 || !double.IsFinite(area))
            yield break;
        int Least(double p, double q, double r) => (int)Math.Max(0, Math.Ceiling(Math.Min(p, Math.Min(q, r))));
        int Most(double p, double q, double r) => (int)Math.Min(size - 1, Math.Floor(Math.Max(p, Math.Max(q, r))));
        for (int y = Least(a.At.Y, b.At.Y, c.At.Y); y <= Most(a.At.Y, b.At.Y, c.At.Y); y++)
        {
            for (int x = Least(a.At.X, b.At.X, c.At.X); x <= Most(a.At.X, b.At.X, c.At.X); x++)
            {
                double u = Area(b.At, c.At, x, y) / area, v = Area(c.At, a.At, x, y) / area, w = 1 - u - v;
                if (u >= 0 && v >= 0 && w >= 0)
                    yield return (x, y, u * a.At.Z + v * b.At.Z + w * c.At.Z, Ambient + (1 - Ambient) * Math.Max(0, u * a.Light + v * b.Light + w * c.Light));
            }
        }
    }

    private static (byte R, byte G, byte B) Mix((byte R, byte G, byte B) under, double shade, double opacity)
    {
        byte Channel(byte below, double above) => (byte)Math.Round(below + (shade * above - below) * opacity);
        return (Channel(under.R, Clay.R), Channel(under.G, Clay.G), Channel(under.B, Clay.B));
    }

    // Twice the signed area of the triangle a, b, (x, y).
    private static double Area(Corner a, Corner b, double x, double y) => (b.X - a.X) * (y - a.Y) - (b.Y - a.Y) * (x - a.X);

    private readonly record struct Corner(double X, double Y, double Z);
}
