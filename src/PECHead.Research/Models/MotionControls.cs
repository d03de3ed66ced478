namespace PECHead.Research.Models;

/// <summary>Which part of a face follows the driving video.</summary>
public enum MotionRegion
{
    /// <summary>Pose and expression.</summary>
    All,

    /// <summary>The expression alone.</summary>
    Expression,

    /// <summary>The pose alone.</summary>
    Pose,

    /// <summary>The eyes alone.</summary>
    Eyes,

    /// <summary>The lips alone.</summary>
    Lips,
}

/// <summary>What a movement is measured by.</summary>
public enum MovementScale
{
    /// <summary>The rules of the mode alone.</summary>
    Pose,

    /// <summary>
    /// Points move as far as those of the driving face, in units of the size of the faces: x = x_s + (x_i − x_0) · m, m² the ratio of the hulls' volumes of the source
    /// and of the reference frame. In relative modes x_0 is x_s, and nothing changes.
    /// </summary>
    Expression,
}

/// <summary>How far eyes or lips are to be open.</summary>
/// <param name="Ratio">As in <see cref="Perception.FaceOpenness"/>, 0 to 0.8; null: as far as those of the driving face.</param>
public readonly record struct OpeningTarget(double? Ratio);

/// <summary>What else is said of a motion, for models with points of their own for the parts of a face (LivePortrait).</summary>
/// <remarks><b>Paper:</b> LivePortrait, Sec. 3.3 and 3.4, and the options of the authors' program.</remarks>
public sealed record MotionControls
{
    /// <summary>The largest multiplier.</summary>
    public const double MostMultiplier = 3;

    /// <summary>The largest ratio of an opening.</summary>
    public const double MostOpen = 0.8;

    /// <summary>The defaults.</summary>
    public static MotionControls Standard { get; } = new();

    /// <summary>Which part follows.</summary>
    public MotionRegion Region { get; init; }

    /// <summary>What a movement is measured by.</summary>
    public MovementScale Scale { get; init; }

    /// <summary>At the very end all points move this many times as far from the source, 0 to 3.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>Whether the seam between the head and the rest of the picture is kept.</summary>
    public bool Stitches { get; init; } = true;

    /// <summary>Closes the lips of the source before they follow, in relative modes.</summary>
    public bool ClosesLips { get; init; }

    /// <summary>
    /// How far the eyes are to be open; null: nothing is said. <b>As the authors':</b> where eyes or lips are told, a relative motion says nothing more.
    /// </summary>
    public OpeningTarget? Eyes { get; init; }

    /// <summary>How far the lips are to be open, in the same way.</summary>
    public OpeningTarget? Lips { get; init; }

    /// <summary>Variance of what is observed of a source video, which is smoothed over time: 3·10⁻⁷ as the authors' program has it; larger ones smooth more.</summary>
    public double Smoothing { get; init; } = 3e-7;

    /// <summary>Whether it must be known how far eyes and lips of the source are open.</summary>
    internal bool SeesSource => ClosesLips || Eyes is not null || Lips is not null;

    /// <summary>Whether it must be known how far eyes and lips of the driving face are open.</summary>
    internal bool SeesDriving => Eyes is { Ratio: null } || Lips is { Ratio: null };

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">One is outside of its range.</exception>
    public void Validate()
    {
        if (Multiplier is not (>= 0 and <= MostMultiplier)) throw new ArgumentException(FormattableString.Invariant($"The multiplier of a motion lies in [0, {MostMultiplier}], not {Multiplier}."));
        if (!(Smoothing > 0 && double.IsFinite(Smoothing))) throw new ArgumentException(FormattableString.Invariant($"The smoothing of a video is a variance above 0, not {Smoothing}."));
        foreach (var target in new[] { Eyes, Lips })
            if (target is { Ratio: { } ratio } && ratio is not (>= 0 and <= MostOpen)) throw new ArgumentException(FormattableString.Invariant($"Eyes and lips open by a ratio in [0, {MostOpen}], not {ratio}."));
    }
}
