using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>Draws landmarks as coloured lines, one pixel wide: the only thing that the motion network sees of two faces.</summary>
/// <remarks>
/// <b>Paper:</b> Face2Face-ρ, Sec. 3.2: seven parts of a face have a colour each, and a coarser sketch shows fewer points. Points are numbers of the
/// authors' 72; see <see cref="SketchFace"/>. Which points each size shows, and that the inner corner's neighbour of the right lower lid is left out of the finest, was
/// read off sketches of the authors' program.
/// </remarks>
internal static class LandmarkSketch
{
    private static readonly Part[] Parts =
    [
        new((0, 0, 255), [], [[17, 21]], [[17, 18, 19, 20, 21]]),
        new((0, 255, 0), [], [[22, 26]], [[22, 23, 24, 25, 26]]),
        new((255, 0, 0), [[42]], [[36, 38, 40, 42, 36]], [[36, 37, 38, 39, 40, 41, 42, 43, 36]]),
        new((255, 255, 0), [[50]], [[44, 46, 48, 50, 44]], [[44, 45, 46, 47, 48, 50, 51, 44]]),
        new((255, 0, 255), [[30]], [[27, 33], [31, 33, 35]], [[27, 28, 29, 30, 33], [31, 32, 33, 34, 35]]),
        new((0, 255, 255), [[52, 57]], [[52, 62, 57, 71, 52], [63], [70]],
            [[52, 54, 53, 62, 58, 59, 57, 65, 66, 71, 69, 68, 52], [55, 56, 63, 61, 60, 64, 70, 67, 55]]),
        new((125, 125, 125), [[0, 8, 9]], [[0, 4, 8, 13, 9]], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 15, 14, 13, 12, 11, 10, 9]]),
    ];

    /// <summary>Draws faces.</summary>
    /// <param name="points">[N, 72, 2], (x, y) in [-1, 1], beyond which nothing is drawn; the ends are the centres of the border pixels.</param>
    /// <param name="side">Side of the sketches in pixels.</param>
    /// <param name="level">0 the coarsest, 2 the finest.</param>
    /// <returns>[N, 3, side, side] in [-1, 1], of the points' type and device, without a gradient.</returns>
    public static Tensor Draw(Tensor points, int side, int level)
    {
        using var scope = NewDisposeScope();
        double[] places = points.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        int values = 2 * SketchFace.PointCount, count = places.Length / values;
        var pixels = new float[count * 3 * side * side];
        Array.Fill(pixels, -1f);
        for (int face = 0; face < count; face++)
        {
            var canvas = new Canvas(pixels.AsSpan(face * 3 * side * side, 3 * side * side), side);
            var of = places.AsSpan(face * values, values);
            foreach (var part in Parts)
                foreach (int[] line in part.Level(level)) Draw(canvas, of, line, part.Colour);
        }
        return tensor(pixels, [count, 3, side, side]).to(points.dtype).to(points.device).MoveToOuterDisposeScope();
    }

    private static void Draw(Canvas canvas, ReadOnlySpan<double> places, int[] line, (byte, byte, byte) colour)
    {
        var from = Pixel(places, line[0], canvas.Side);
        if (line.Length == 1) canvas.Spot(from, colour);
        foreach (int point in line.AsSpan(1))
        {
            var to = Pixel(places, point, canvas.Side);
            canvas.Line(from, to, colour);
            from = to;
        }
    }

    // Far outside is as good as a few frames away; no number is the middle.
    private static (int X, int Y) Pixel(ReadOnlySpan<double> places, int point, int side)
    {
        int At(double value) => double.IsNaN(value) ? side / 2 : (int)Math.Clamp((value + 1) / 2 * (side - 1), -4 * side, 4 * side);
        return (At(places[2 * point]), At(places[(2 * point) + 1]));
    }

    /// <summary>A part of the face.</summary>
    private sealed record Part((byte, byte, byte) Colour, int[][] Coarse, int[][] Middle, int[][] Fine)
    {
        public int[][] Level(int level) => level switch { 0 => Coarse, 1 => Middle, _ => Fine };
    }

    /// <summary>Pixels of one sketch, channel by channel.</summary>
    private readonly ref struct Canvas(Span<float> pixels, int side)
    {
        private readonly Span<float> _pixels = pixels;

        public int Side => side;

        // A pixel and its four neighbours.
        public void Spot((int X, int Y) place, (byte, byte, byte) colour)
        {
            foreach (var (x, y) in new[] { (0, 0), (1, 0), (-1, 0), (0, 1), (0, -1) }) Set(place.X + x, place.Y + y, colour);
        }

        // Bresenham's line from left to right, in steps along one axis at a time: what OpenCV calls LINE_4.
        public void Line((int X, int Y) from, (int X, int Y) to, (byte, byte, byte) colour)
        {
            if (to.X < from.X) (from, to) = (to, from);
            var (width, height) = (to.X - from.X, Math.Abs(to.Y - from.Y));
            var (x, y, down) = (from.X, from.Y, Math.Sign(to.Y - from.Y));
            bool steep = height > width;
            var (along, across) = steep ? (height, width) : (width, height);
            for (int step = 0, error = 0; step <= along + across; step++)
            {
                Set(x, y, colour);
                bool turns = error < 0;
                error += turns ? 2 * along : -2 * across;
                if (turns == steep) x++;
                else y += down;
            }
        }

        private void Set(int x, int y, (byte First, byte Second, byte Third) colour)
        {
            if (x < 0 || y < 0 || x >= side || y >= side) return;
            int place = (y * side) + x, plane = side * side;
            (_pixels[place], _pixels[place + plane], _pixels[place + (2 * plane)]) = (Value(colour.First), Value(colour.Second), Value(colour.Third));
        }

        private static float Value(byte value) => (value / 255f * 2) - 1;
    }
}
