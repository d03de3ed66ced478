using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Perception;

namespace PECHead.Research.Animation;

/// <summary>Which driving frame the source's own pose and expression correspond to, in the relative modes.</summary>
public enum DrivingReference
{
    /// <summary>Of every shot the frame that is nearest to the source in pose and expression. Frames that come one by one: the first with a face.</summary>
    Nearest,

    /// <summary>Of every shot the first frame with a face.</summary>
    First,
}

/// <summary>How pictures are animated by a video.</summary>
public sealed record AnimationOptions
{
    /// <summary>The greatest strength.</summary>
    public const double MostStrength = 1.5;

    /// <summary>What of the driving face the source takes on; one of the model's modes.</summary>
    public MotionMode Mode { get; init; } = MotionMode.Relative;

    /// <summary>How far the source's head follows: 0 leaves it as it is, 1 moves it as <see cref="Mode"/> says, up to 1.5 exaggerates.</summary>
    public double PoseStrength { get; init; } = 1;

    /// <summary>How far the source's expression follows, in the same way.</summary>
    public double ExpressionStrength { get; init; } = 1;

    /// <summary>What else is said of the motion; for models with points of their own for the parts of a face.</summary>
    public MotionControls Controls { get; init; } = MotionControls.Standard;

    /// <summary>Puts the generated face back into the whole photograph.</summary>
    public bool PasteBack { get; init; }

    /// <summary>Shows source, driving and generated frame side by side.</summary>
    public bool Beside { get; init; }

    /// <summary>Square of the video that is looked at; the faces in it should be framed as in training. Without meaning where there are <see cref="Shots"/>.</summary>
    public Crop DrivingCrop { get; init; } = Crop.Centre;

    /// <summary>The shots of the video with a square each, from <see cref="TalkingHead.FindShots"/>; null: one shot.</summary>
    public IReadOnlyList<DrivingShot>? Shots { get; init; }

    /// <summary>The driving frame that the source's own pose and expression correspond to.</summary>
    public DrivingReference Reference { get; init; }

    /// <summary>Number of the reference frame, from 0, for the shot that it is in; null leaves it to <see cref="Reference"/>.</summary>
    public int? ReferenceFrame { get; init; }

    /// <summary>How the video is read.</summary>
    public VideoReading Reading { get; init; } = VideoReading.Standard;

    /// <summary>Steadies the face of the video; 1 is usual, at most 10, 0 takes it as it is found. For models that are told of a face.</summary>
    public double Smooth { get; init; }

    /// <summary>What is asked of a model that follows controls.</summary>
    internal AskedMotion Asked => new(Mode, Controls, PoseStrength, ExpressionStrength);

    /// <summary>Checks that the options go together.</summary>
    /// <param name="model">The model that animates.</param>
    /// <exception cref="ArgumentException">They do not, or the model cannot do what is asked for.</exception>
    public void Validate(TalkingHeadModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (Beside && PasteBack) throw new ArgumentException("A frame is shown side by side or pasted back, not both.");
        if (!model.Modes.Contains(Mode))
            throw new ArgumentException($"The model cannot take '{Mode}' from a video; it can take {string.Join(", ", model.Modes)}.");
        foreach (var strength in (ReadOnlySpan<double>)[PoseStrength, ExpressionStrength])
            if (strength is not (>= 0 and <= MostStrength)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A strength lies in [0, {MostStrength}], not {strength}."));
        if ((PoseStrength, ExpressionStrength) != (1, 1) && !model.SeparatesPose)
            throw new ArgumentException("The model looks at frames alone and does not tell pose from expression: they have no strengths of their own.");
        Controls.Validate();
        if (Controls != MotionControls.Standard && model is not IControlledMotion)
            throw new ArgumentException("Regions, openings, stitching and the multiplier are for liveportrait, which has points of its own for the parts of a face.");
        if (Smooth != 0 && !model.NeedsFaces)
            throw new ArgumentException("The model looks at frames alone: there are no coefficients of a face to smooth.");
    }
}
