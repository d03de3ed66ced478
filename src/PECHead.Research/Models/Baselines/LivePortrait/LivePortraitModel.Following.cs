using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

// How a source follows a driver: the rules, strengths, openings, the seam and the multiplier, in the authors' order.
internal sealed partial class LivePortraitModel
{
    // A mouth that is open less than this is closed.
    private const double ClosedLips = 0.03;

    /// <inheritdoc/>
    public MotionState Read(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return _heads.call(frames).Motion().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public MotionState Follow(AskedMotion asked, SourceState source, MotionState driving, MotionState first, SeenOpenness seen)
        => Follow(asked, Own<LivePortraitSource>(source, nameof(source)), Own<ImplicitMotion>(driving, nameof(driving)), Own<ImplicitMotion>(first, nameof(first)), seen);

    /// <inheritdoc/>
    /// <remarks>One driving picture is compared with a neutral face and not smoothed, as the authors' program does.</remarks>
    public IReadOnlyList<MotionState> FollowVideo(AskedMotion asked, IReadOnlyList<MotionState> source, IReadOnlyList<MotionState> driving, MotionState first)
    {
        using var quiet = no_grad();
        ImplicitMotion[] own = [.. source.Cast<ImplicitMotion>()], moved = [.. driving.Cast<ImplicitMotion>()];
        return asked.Mode == MotionMode.FromNeutral
            ? [.. own.Zip(moved, (one, other) => MotionRules.FromNeutral(asked.Controls.Region, one, other))]
            : MotionRules.OfVideo(asked.Controls.Region, own, moved, asked.Mode == MotionMode.Absolute ? null : (ImplicitMotion)first, asked.Controls.Smoothing);
    }

    /// <inheritdoc/>
    public MotionState Complete(AskedMotion asked, SourceState source, MotionState moved, SeenOpenness seen)
        => Complete(asked, Own<LivePortraitSource>(source, nameof(source)).Own, Own<ImplicitMotion>(moved, nameof(moved)), seen);

    /// <inheritdoc/>
    public void Save(string path, MotionRecording recording) => MotionTemplate.Save(path, recording);

    /// <inheritdoc/>
    public MotionRecording Open(string path) => MotionTemplate.Open(path);

    private ImplicitMotion Follow(AskedMotion asked, LivePortraitSource source, ImplicitMotion driving, ImplicitMotion first, SeenOpenness seen)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var moved = Ruled(asked, source.Own, driving, first);
        if (asked.Controls.Scale == MovementScale.Expression && asked.Mode != MotionMode.FromNeutral)
        {
            Tensor own = source.Own.Points(), start = Ruled(asked, source.Own, first, first).Points();
            moved = moved with { Shift = own + ((moved.Points() - start) * MotionRules.SizeRatio(own, start)) - moved.Points() };
        }
        return Complete(asked, source.Own, moved, seen).MoveToOuterDisposeScope();
    }

    private static ImplicitMotion Ruled(AskedMotion asked, ImplicitMotion own, ImplicitMotion driving, ImplicitMotion first) => asked.Mode switch
    {
        MotionMode.Absolute => MotionRules.Absolute(asked.Controls.Region, own, driving),
        MotionMode.FromNeutral => MotionRules.FromNeutral(asked.Controls.Region, own, driving),
        _ => MotionRules.Relative(asked.Controls.Region, own, driving, first),
    };

    private ImplicitMotion Complete(AskedMotion asked, ImplicitMotion own, ImplicitMotion moved, SeenOpenness seen)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var controls = asked.Controls;
        var points = own.Points();
        moved = (asked.Pose, asked.Expression) == (1, 1) ? moved : Strengthened(own, moved, asked.Pose, asked.Expression);
        if (controls.Eyes is not null || controls.Lips is not null)
        {
            moved = asked.Mode == MotionMode.Absolute ? moved : own;
            moved = moved with { Shift = moved.Shift + Opened(controls, points, seen) };
        }
        if (controls.Stitches) moved = Stitched(points, moved);
        if (controls is { ClosesLips: true, Eyes: null, Lips: null } && asked.Mode != MotionMode.Absolute && Seen(seen.Source, "closing the lips").Lips is var lips and >= ClosedLips)
            moved = moved with { Shift = moved.Shift + _lips.Of(points, Ratios(points, lips, 0)) };
        if (controls.Multiplier != 1)
            moved = moved with { Shift = moved.Shift + MotionRules.Multiplied(points, moved.Points(), controls.Multiplier) - moved.Points() };
        return moved.Aliased().MoveToOuterDisposeScope();
    }

    private static ImplicitMotion Strengthened(ImplicitMotion own, ImplicitMotion moved, double pose, double expression) => moved with
    {
        Scale = own.Scale * (moved.Scale / own.Scale).pow(pose),
        Rotation = PartialRotation.Between(own.Rotation, moved.Rotation, pose),
        Expression = own.Expression.lerp(moved.Expression, expression),
        Translation = own.Translation.lerp(moved.Translation, pose),
    };

    // The driving eyes are told by the left one alone, as the authors' program does.
    private Tensor Opened(MotionControls controls, Tensor points, SeenOpenness seen)
    {
        var shift = zeros_like(points);
        var own = Seen(seen.Source, "opening eyes or lips by a ratio");
        if (controls.Eyes is { } eyes) shift = shift + _eyes.Of(points, Ratios(points, own.LeftEye, own.RightEye, eyes.Ratio ?? seen.Driving?.LeftEye ?? own.LeftEye));
        if (controls.Lips is { } lips) shift = shift + _lips.Of(points, Ratios(points, own.Lips, lips.Ratio ?? seen.Driving?.Lips ?? own.Lips));
        return shift;
    }

    private static Tensor Ratios(Tensor like, params double[] ratios) => tensor(ratios, dtype: like.dtype, device: like.device).unsqueeze(0).expand(like.size(0), -1);

    private static FaceOpenness Seen(FaceOpenness? openness, string name)
        => openness ?? throw new ArgumentException($"{name} needs a source in which a face is seen, so that it is known how far eyes and lips are open.", nameof(openness));
}
