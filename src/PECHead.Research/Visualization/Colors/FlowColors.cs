using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Shows motion as colour: the hue is the direction, the saturation the length, white is no motion.</summary>
/// <remarks>
/// <b>Paper:</b> the wheel of the Middlebury flow benchmark (Baker et al. 2011): 55 hues, more of them where the eye tells
/// more apart. The flow at a driving pixel points to the source position that it shows; red is to the right, yellow
/// down, cyan-blue to the left, violet up.
/// </remarks>
public static class FlowColors
{
    // Each stretch fades one primary in or out: (steps, channel that stays full, channel that fades, whether it rises).
    private static readonly (int Steps, int Full, int Fading, bool Rising)[] Stretches =
        [(15, 0, 1, true), (6, 1, 0, false), (4, 1, 2, true), (11, 2, 1, false), (13, 2, 0, true), (6, 0, 2, false)];

    private static readonly double[][] Wheel = [.. BuildWheel()];

    /// <summary>Colours a deformation.</summary>
    /// <param name="deformation">[h, w, 2], (x, y) in [-1, 1]: one element of <see cref="MotionField.Deformation"/>.</param>
    /// <param name="fullLength">Flow in pixels of this map at which a colour is full; null: the longest flow in it.</param>
    /// <returns>w × h pixels.</returns>
    public static RgbImage Render(Tensor deformation, double? fullLength = null)
    {
        TensorGuard.Shape(deformation, nameof(deformation), TensorGuard.Any, TensorGuard.Any, 2);
        int height = (int)deformation.size(0), width = (int)deformation.size(1);
        float[] flow = FlowInPixels(deformation);
        double scale = fullLength ?? Math.Max(Longest(flow), 1e-6);
        var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = 2 * (y * width + x);
                image[x, y] = Color(flow[at] / scale, flow[at + 1] / scale);
            }
        }
        return image;
    }

    /// <summary>The colour of one flow; black, the wheel's mark of the unknown, when it is not finite.</summary>
    /// <param name="u">To the right, 1 = full length.</param>
    /// <param name="v">Down, 1 = full length.</param>
    public static (byte R, byte G, byte B) Color(double u, double v)
    {
        double length = Math.Sqrt(u * u + v * v);
        if (!double.IsFinite(length))
            return (0, 0, 0);
        double turn = Math.Atan2(-v, -u) / Math.PI;                       // -1 at the right, clockwise on the screen
        double position = (turn + 1) / 2 * Wheel.Length % Wheel.Length;   // 1 closes the circle
        int first = (int)position;
        double[] from = Wheel[first], to = Wheel[(first + 1) % Wheel.Length];
        byte Channel(int c)
        {
            double full = from[c] + (to[c] - from[c]) * (position - first);
            // Inside the unit circle towards white; outside darkened, so that it is seen to be outside.
            double value = length <= 1 ? 1 - length * (1 - full) : 0.75 * full;
            return (byte)Math.Round(255 * value);
        }
        return (Channel(0), Channel(1), Channel(2));
    }

    /// <summary>The wheel itself, as a legend: white in the middle, full colours at the rim, white outside.</summary>
    /// <param name="side">Pixels.</param>
    public static RgbImage Legend(int side)
    {
        var image = new RgbImage(side, side);
        double radius = side / 2.0;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                double u = (x + 0.5 - radius) / radius, v = (y + 0.5 - radius) / radius;
                image[x, y] = u * u + v * v <= 1 ? Color(u, v) : ((byte)255, (byte)255, (byte)255);
            }
        }
        return image;
    }

    /// <summary>[h, w, 2] as shifts (right, down) in pixels of this map, row-major.</summary>
    internal static float[] FlowInPixels(Tensor deformation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var positions = deformation.to(ScalarType.Float32);
        long height = positions.size(0), width = positions.size(1);
        float[] halfSides = [(width - 1) / 2f, (height - 1) / 2f];
        var shift = positions - CoordinateGrid.CreateLike(height, width, positions);
        return FrameImage.Values(shift * tensor(halfSides, device: positions.device));
    }

    internal static double Longest(float[] flow)
    {
        double longest = 0;
        for (int i = 0; i < flow.Length; i += 2)
        {
            double length = Math.Sqrt(flow[i] * (double)flow[i] + flow[i + 1] * (double)flow[i + 1]);
            if (double.IsFinite(length))
                longest = Math.Max(longest, length);
        }
        return longest;
    }

    private static IEnumerable<double[]> BuildWheel()
    {
        foreach (var (steps, full, fading, rising) in Stretches)
        {
            for (int i = 0; i < steps; i++)
            {
                var hue = new double[3];
                hue[full] = 1;
                hue[fading] = rising ? (double)i / steps : 1 - (double)i / steps;
                yield return hue;
            }
        }
    }
}
