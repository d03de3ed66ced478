using System.Globalization;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>A change to the face of a source: how the head is turned, where it is, and what the face expresses.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.3: pose and expression are edited on their own. <b>Choice:</b> angles are added to the source's
/// one by one (<see cref="EulerAngles"/>), or replace them when frontalised; expressions are named directions of the
/// reconstructor's basis.
/// </remarks>
public sealed record FaceEdit
{
    /// <summary>Most degrees of an angle, to either side.</summary>
    public const double LargestAngle = 90;

    /// <summary>Most of an expression, in either direction.</summary>
    public const double LargestAmount = 2;

    /// <summary>The largest <see cref="Zoom"/>; one over it is the smallest.</summary>
    public const double LargestZoom = 2;

    /// <summary>Most of a shift, to either side.</summary>
    public const double LargestShift = 1;

    /// <summary>Names of the angles, beside those of expressions.</summary>
    public static IReadOnlyList<string> AngleNames { get; } = ["yaw", "pitch", "roll"];

    /// <summary>Degrees, in [-90, 90]; positive turns the nose to the right of the picture.</summary>
    public double Yaw { get; init; }

    /// <summary>Degrees, in [-90, 90]; positive looks down.</summary>
    public double Pitch { get; init; }

    /// <summary>Degrees, in [-90, 90]; positive is counter-clockwise in the picture.</summary>
    public double Roll { get; init; }

    /// <summary>Takes the source's own turn away first: without angles, the head looks straight ahead.</summary>
    public bool Frontalize { get; init; }

    /// <summary>How many times as large the head is, in [0.5, 2].</summary>
    public double Zoom { get; init; } = 1;

    /// <summary>Half frames to the right, in [-1, 1].</summary>
    public double ShiftX { get; init; }

    /// <summary>Half frames down, in [-1, 1].</summary>
    public double ShiftY { get; init; }

    /// <summary>Whether the head is moved in its frame.</summary>
    internal bool MovesPlace => (Zoom, ShiftX, ShiftY) != (1, 0, 0);

    /// <summary>
    /// Amounts by names of <see cref="IFaceReconstructor.Directions"/>, in [-2, 2]: 0 adds nothing, 1 all of it. A name whose two
    /// sides are directions of their own, as <c>blink</c>, means both.
    /// </summary>
    public IReadOnlyDictionary<string, double> Expressions { get; init; } = new Dictionary<string, double>();

    /// <summary>This edit with one more value.</summary>
    /// <param name="name">yaw, pitch, roll, zoom, shift_x, shift_y or an expression.</param>
    /// <param name="value">Degrees, a factor, half frames, or an amount.</param>
    public FaceEdit With(string name, double value) => name switch
    {
        "yaw" => this with { Yaw = value },
        "pitch" => this with { Pitch = value },
        "roll" => this with { Roll = value },
        "zoom" => this with { Zoom = value },
        "shift_x" => this with { ShiftX = value },
        "shift_y" => this with { ShiftY = value },
        _ => this with { Expressions = new Dictionary<string, double>(Expressions) { [name] = value } },
    };

    /// <summary>Checks the values, and the names against those of a reconstructor.</summary>
    /// <param name="directions">The expressions there are.</param>
    /// <exception cref="ArgumentException">A value outside of its range, or an unknown name.</exception>
    public void Validate(ExpressionDirections directions)
    {
        ValidateFrame();
        foreach (var (name, amount) in Expressions)
        {
            Require(name, amount, LargestAmount, "");
            Resolve(directions, name);
        }
    }

    /// <summary>Checks how the head is turned and where it is, which need no reconstructor.</summary>
    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    internal void ValidateFrame()
    {
        foreach (var (name, degrees) in AngleNames.Zip([Yaw, Pitch, Roll]))
            Require(name, degrees, LargestAngle, " degrees");
        if (!(Zoom is >= 1 / LargestZoom and <= LargestZoom))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"zoom must lie in [{1 / LargestZoom}, {LargestZoom}], not {Zoom}."));
        Require("shift_x", ShiftX, LargestShift, " half frames");
        Require("shift_y", ShiftY, LargestShift, " half frames");
    }

    /// <summary>The coefficients that the source is to take.</summary>
    /// <param name="source">Of one frame.</param>
    /// <param name="directions">Of the reconstructor that found them.</param>
    /// <returns>Of the identity of the source.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Validate"/>.</exception>
    public FaceCoefficients Apply(FaceCoefficients source, ExpressionDirections directions)
    {
        Validate(directions);
        FaceCoefficients.Require(source, nameof(source));
        using var scope = NewDisposeScope();
        const double Radians = Math.PI / 180;
        var turn = tensor(new[] { (float)(Pitch * Radians), (float)(Yaw * Radians), (float)(Roll * Radians) })
            .to(source.Angles.dtype).to(source.Angles.device).expand(source.Count, 3);
        var place = tensor(new[] { (float)Math.Log(Zoom), (float)ShiftX, (float)ShiftY }).to(source.Crop.dtype).to(source.Crop.device);
        var edited = source with { Angles = Frontalize ? turn.contiguous() : EulerAngles.Wrap(source.Angles + turn), Crop = source.Crop + place };
        foreach (var (name, amount) in Expressions)
        {
            foreach (var direction in Resolve(directions, name))
                edited = directions.Apply(edited, direction, amount);
        }
        return edited.MoveToOuterDisposeScope();
    }

    // "blink" is "blink_left" and "blink_right".
    private static string[] Resolve(ExpressionDirections directions, string name)
    {
        string[] sides = [$"{name}_left", $"{name}_right"];
        return directions.Names.Contains(name) || !sides.All(directions.Names.Contains) ? [Known(directions, name)] : sides;
    }

    private static string Known(ExpressionDirections directions, string name)
    {
        _ = directions[name];
        return name;
    }

    private static void Require(string name, double value, double largest, string unit)
    {
        if (!(Math.Abs(value) <= largest))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} must lie in [{-largest}, {largest}]{unit}, not {value}."));
    }
}
