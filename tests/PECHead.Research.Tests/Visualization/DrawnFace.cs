using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

/// <summary>A face made of formulas, with its landmarks and a turn of the head: inputs that need no media.</summary>
internal static class DrawnFace
{
    public const int Side = 128;

    /// <summary>[3, 128, 128] in [0, 1]; the face moved by (x, y) in [-1, 1] units.</summary>
    public static Tensor Frame(double moveX = 0, double moveY = 0, double open = 0.05)
    {
        var values = new float[3 * Side * Side];
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                double x = 2.0 * column / (Side - 1) - 1 - moveX, y = 2.0 * row / (Side - 1) - 1 - moveY;
                var color = ColorAt(x, y, open);
                for (int c = 0; c < 3; c++)
                    values[c * Side * Side + row * Side + column] = (float)(c == 0 ? color.R : c == 1 ? color.G : color.B);
            }
        }
        return tensor(values, [3, Side, Side]);
    }

    /// <summary>[68, 2] in [-1, 1].</summary>
    public static Tensor Landmarks(double moveX = 0, double moveY = 0)
    {
        var points = new List<(double X, double Y)>();
        void Arc(int count, double cx, double cy, double rx, double ry, double from, double to)
        {
            for (int i = 0; i < count; i++)
            {
                double angle = (from + (to - from) * i / (count - 1.0)) * Math.PI / 180;
                points.Add((cx + rx * Math.Cos(angle), cy + ry * Math.Sin(angle)));
            }
        }
        Arc(17, 0, -0.05, 0.55, 0.75, 180, 0);
        Arc(5, -0.24, -0.22, 0.16, 0.12, 200, 340);
        Arc(5, 0.24, -0.22, 0.16, 0.12, 200, 340);
        for (int i = 0; i < 4; i++)
            points.Add((0, -0.12 + 0.09 * i));
        Arc(5, 0, 0.18, 0.1, 0.04, 180, 0);
        Arc(6, -0.24, -0.12, 0.11, 0.05, 180, 480);
        Arc(6, 0.24, -0.12, 0.11, 0.05, 180, 480);
        Arc(12, 0, 0.38, 0.2, 0.08, 180, 510);
        Arc(8, 0, 0.38, 0.14, 0.035, 180, 495);
        return tensor(points.SelectMany(p => new[] { (float)(p.X + moveX), (float)(p.Y + moveY) }).ToArray(), [68, 2]);
    }

    /// <summary>[10, 2] keypoints in [-1, 1].</summary>
    public static Tensor Keypoints(double moveX = 0, double moveY = 0) =>
        Landmarks(moveX, moveY).index_select(0, tensor([0L, 4, 8, 12, 16, 19, 24, 30, 48, 54]));

    /// <summary>[side, side, 2]: a swirl around the middle that shifts as well.</summary>
    public static Tensor Deformation(int side = 64)
    {
        var grid = CoordinateGrid.Create(side, side, ScalarType.Float32, CPU);
        var x = grid[.., .., 0];
        var y = grid[.., .., 1];
        var near = (-3 * (x * x + y * y)).exp();
        return stack([x + near * (0.22 * y + 0.12), y - near * (0.22 * x - 0.05)], -1);
    }

    /// <summary>[side, side] in (0, 1), low in a corner.</summary>
    public static Tensor Occlusion(int side = 64)
    {
        var grid = CoordinateGrid.Create(side, side, ScalarType.Float32, CPU);
        return sigmoid(6 * (grid[.., .., 0] - 0.5 * grid[.., .., 1] + 0.6));
    }

    /// <summary>[count, side, side] Gaussians at the keypoints.</summary>
    public static Tensor Heatmaps(int side = 32)
    {
        var grid = CoordinateGrid.Create(side, side, ScalarType.Float32, CPU).unsqueeze(0);
        var points = Keypoints().unsqueeze(1).unsqueeze(1);
        return (-(grid - points).pow(2).sum(-1) / 0.03).exp();
    }

    /// <summary>Offsets [2·9·groups, side, side] that point to the middle and modulation [9·groups, side, side].</summary>
    public static (Tensor Offsets, Tensor Modulation) Offsets(int groups = 2, int side = 32)
    {
        var grid = CoordinateGrid.Create(side, side, ScalarType.Float32, CPU);
        var x = grid[.., .., 0];
        var y = grid[.., .., 1];
        var (offsets, weights) = (new List<Tensor>(), new List<Tensor>());
        for (int i = 0; i < 9 * groups; i++)
        {
            double turn = 0.7 * i, pull = 2.5 * (1 + i / 9);
            offsets.Add(-pull * y + 0.8 * Math.Sin(turn));
            offsets.Add(-pull * x + 0.8 * Math.Cos(turn));
            weights.Add(sigmoid(2 * x * Math.Cos(turn) + 2 * y * Math.Sin(turn)));
        }
        return (stack(offsets), stack(weights));
    }

    private static (double R, double G, double B) ColorAt(double x, double y, double open)
    {
        static bool Inside(double x, double y, double rx, double ry) => x * x / (rx * rx) + y * y / (ry * ry) < 1;
        double shade = 0.85 + 0.15 * x;
        if (Inside(x, y - 0.38, 0.14, open))
            return (0.35, 0.05, 0.08);
        if (Inside(x, y - 0.38, 0.2, 0.08))
            return (0.75 * shade, 0.3, 0.32);
        if (Inside(Math.Abs(x) - 0.24, y + 0.12, 0.045, 0.045))
            return (0.15, 0.2, 0.3);
        if (Inside(Math.Abs(x) - 0.24, y + 0.12, 0.11, 0.05))
            return (0.95, 0.95, 0.95);
        if (Math.Abs(Math.Abs(x) - 0.24) < 0.15 && Math.Abs(y + 0.31) < 0.025)
            return (0.3, 0.2, 0.12);
        if (Inside(x, y + 0.0, 0.55, 0.7))
            return (0.87 * shade, 0.68 * shade, 0.56 * shade);
        if (Inside(x, y + 0.15, 0.62, 0.72))
            return (0.28, 0.18, 0.12);
        return (0.55 + 0.1 * y, 0.68 + 0.1 * y, 0.75);
    }
}
