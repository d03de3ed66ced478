using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>The motion of a model of frames that follows <see cref="MotionControls"/>.</summary>
/// <param name="animation">The source as the model sees it; owned by the caller.</param>
/// <param name="model">The model.</param>
/// <param name="asked">What is asked for.</param>
/// <param name="own">How far eyes and lips of the source are open; null: nobody knows.</param>
/// <param name="look">Tells how far those of a frame are open; may be null where the controls do not ask for it.</param>
internal sealed class ControlledDrivenMotion(
    SourceAnimation animation, IControlledMotion model, AskedMotion asked, FaceOpenness? own, Func<Tensor, FaceOpenness?>? look) : DrivenMotion
{
    private MotionState? _reference;
    private FaceOpenness? _last;

    /// <inheritdoc/>
    public override void Begin(Tensor? image, FaceCoefficients? face)
    {
        _reference?.Free();
        (_reference, _last) = (image is null ? null : animation.Observe(new FaceFrame(image)).DetachFromDisposeScope(), null);
    }

    /// <inheritdoc/>
    /// <remarks>In a frame without a face, eyes and lips are as far open as in the frame before.</remarks>
    public override MotionState Next(Tensor image, FaceCoefficients? face)
    {
        var driving = animation.Observe(new FaceFrame(image));
        _reference ??= driving.DetachFromDisposeScope();
        if (asked.Controls.SeesDriving) _last = look?.Invoke(image) ?? _last;
        return Next(driving, _reference, _last);
    }

    /// <summary>The motion of a recorded frame.</summary>
    /// <param name="driving">The frame.</param>
    /// <param name="first">The reference frame.</param>
    /// <param name="driven">How far eyes and lips are open in it.</param>
    public MotionState Next(MotionState driving, MotionState first, FaceOpenness? driven) => animation.Follow(model, asked, driving, first, new SeenOpenness(own, driven));

    /// <inheritdoc/>
    public override void Dispose() => _reference?.Free();
}
