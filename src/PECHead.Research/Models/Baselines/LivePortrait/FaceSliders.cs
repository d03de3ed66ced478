using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>The sliders of LivePortrait's editor as data: which entries of the expression δ they move, and how far.</summary>
/// <remarks>
/// Names, ranges and factors are those that its users know. A point is a number of an implicit keypoint of the authors' weights; the axes are x (right),
/// y (down) and z (into the picture).
/// </remarks>
internal static class FaceSliders
{
    /// <summary>Opens the eyes as far as this, in widths of an eye: the work of a network.</summary>
    public const string EyesOpen = "eyes_open";

    /// <summary>Opens the lips as far as this, in widths of the mouth: the work of a network.</summary>
    public const string LipsOpen = "lips_open";

    private const string ZoomName = "zoom";

    private static readonly Slider[] All =
    [
        new(new("smile", -0.3, 1.3, "the corners of the mouth go up"),
            [(20, 'y', -0.01), (14, 'y', -0.02), (17, 'y', 0.0065), (17, 'z', 0.003), (13, 'y', -0.00275), (16, 'y', -0.00275), (3, 'y', -0.0035), (7, 'y', -0.0035)]),
        new(new("wink", 0, 39, "one eye closes"), [(11, 'y', 0.001), (13, 'y', -0.0003), (17, 'x', 0.0003), (17, 'y', 0.0003), (3, 'y', -0.0003)]),
        new(new("eyebrow", -30, 30, "the brows go up, or together"),
            [(1, 'y', 0.001), (2, 'y', -0.001)], [(1, 'x', -0.001), (2, 'x', 0.001), (1, 'y', 0.0003), (2, 'y', -0.0003)]),
        new(new("gaze_x", -30, 30, "the eyes look to a side"), [(11, 'x', 0.0007), (15, 'x', 0.001)], [(11, 'x', 0.001), (15, 'x', 0.0007)]),
        // The lids follow by half of it.
        new(new("gaze_y", -63, 63, "the eyes look up or down"), [(11, 'y', -0.0005), (15, 'y', -0.0005), (13, 'y', -0.00015), (16, 'y', -0.00015)]),
        new(new("pout", -0.09, 0.09, "the mouth moves to a side"), [(19, 'x', 1)]),
        new(new("purse", -20, 15, "the lips grow narrow"), [(14, 'y', 0.001), (3, 'y', -0.0005), (7, 'y', -0.0005), (17, 'z', -0.0005)]),
        new(new("grin", 0, 15, "the teeth show"), [(20, 'z', -0.001), (20, 'y', -0.001), (14, 'y', -0.001)]),
        new(new("lip", -90, 120, "the mouth closes, or opens"), [(19, 'y', 0.001), (19, 'z', 0.0001), (17, 'y', -0.0001)]),
        new(new("move_x", -0.19, 0.19, "the head moves to a side"), [(5, 'x', -1)]),
        new(new("move_y", -0.19, 0.19, "the head moves up or down"), [(5, 'y', 1)]),
        new(new(EyesOpen, 0, 0.8, "both eyes are as far open as this, in widths of an eye"), []),
        new(new(LipsOpen, 0, 0.8, "the lips are as far open as this, in widths of the mouth"), []),
        new(new(ZoomName, 0.9, 1.2, "the head grows by this factor"), []),
    ];

    /// <summary>What there is.</summary>
    public static IReadOnlyList<MotionSlider> List { get; } = [.. All.Select(slider => slider.Shown)];

    /// <summary>Changes a head.</summary>
    /// <param name="motion">The head as it is.</param>
    /// <param name="values">Values by names.</param>
    /// <returns>The same with another expression and scale.</returns>
    /// <exception cref="ArgumentException">An unknown name, or a value outside of its range.</exception>
    public static ImplicitMotion Apply(ImplicitMotion motion, IReadOnlyDictionary<string, double> values)
    {
        using var scope = NewDisposeScope();
        var change = new double[LivePortraitConfig.KeypointCount, 3];
        double zoom = 1;
        foreach (var (name, value) in values)
        {
            var slider = All[MotionSlider.Find(List, name, value)];
            if (name == ZoomName) zoom = value;
            foreach (var (point, axis, factor) in value > 0 ? slider.Rising : slider.Falling ?? slider.Rising) change[point, axis - 'x'] += factor * value;
        }
        return (motion with
        {
            Expression = motion.Expression + tensor(change, dtype: motion.Expression.dtype, device: motion.Expression.device).unsqueeze(0),
            Scale = motion.Scale * zoom,
        }).Aliased().MoveToOuterDisposeScope();
    }

    /// <summary>A slider with what it moves.</summary>
    /// <param name="Shown">Name and range.</param>
    /// <param name="Rising">What a value above 0 moves, in units of δ for each of its own.</param>
    /// <param name="Falling">What the others move; null: the same.</param>
    private sealed record Slider(MotionSlider Shown, (int Point, char Axis, double Factor)[] Rising, (int Point, char Axis, double Factor)[]? Falling = null);
}
