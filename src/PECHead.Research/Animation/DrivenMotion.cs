using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>Follows a driving video and says, frame by frame, what a source is to do.</summary>
internal abstract class DrivenMotion : IDisposable
{
    /// <summary>Begins a shot: what came before counts no longer.</summary>
    /// <param name="image">The reference frame [1, 3, S, S]; null: the first frame that comes.</param>
    /// <param name="face">The face in it; null: the first face that comes.</param>
    public abstract void Begin(Tensor? image, FaceCoefficients? face);

    /// <summary>The motion of the next driving frame.</summary>
    /// <param name="image">The frame [1, 3, S, S].</param>
    /// <param name="face">The face in it, score 0 where there is none; null for models that look at the frame alone.</param>
    public abstract MotionState Next(Tensor image, FaceCoefficients? face);

    /// <summary>Frees what was kept.</summary>
    public abstract void Dispose();
}

/// <summary>The motion of models that are told of a face: its coefficients are transferred.</summary>
/// <remarks>A frame without a face repeats the motion of the frame before it; before the first face the source rests.</remarks>
/// <param name="animation">The source as the model sees it; owned by the caller.</param>
/// <param name="source">Coefficients of the source; owned by the caller.</param>
/// <param name="reconstructor">Turns coefficients into landmarks.</param>
/// <param name="mode">What is transferred.</param>
/// <param name="newFilter">Makes what steadies the driving face of a shot; null takes it as it is found.</param>
/// <param name="strength">How far pose and expression follow; null: as far as they move.</param>
internal sealed class FaceDrivenMotion(
    SourceAnimation animation, FaceCoefficients source, IFaceReconstructor reconstructor, MotionMode mode, Func<CoefficientFilter>? newFilter = null,
    (double Pose, double Expression)? strength = null) : DrivenMotion
{
    private FaceCoefficients? _reference;
    private FaceCoefficients? _last;
    private CoefficientFilter? _filter = newFilter?.Invoke();

    /// <inheritdoc/>
    public override void Begin(Tensor? image, FaceCoefficients? face)
    {
        Dispose();
        (_reference, _last, _filter) = (face is null ? null : Keep(face), null, newFilter?.Invoke());
    }

    /// <inheritdoc/>
    public override MotionState Next(Tensor image, FaceCoefficients? face)
    {
        ArgumentNullException.ThrowIfNull(face);
        return animation.Observe(new FaceFrame(image, FaceObservation.State(reconstructor, Target(face))));
    }

    /// <summary>The coefficients that the source is to take.</summary>
    /// <param name="driving">Coefficients of the next driving frame.</param>
    internal FaceCoefficients Target(FaceCoefficients driving)
    {
        driving = _filter?.Next(driving) ?? driving;
        if (driving.Score[0].ToDouble() == 0) return _last ?? source;
        _reference ??= Keep(driving);
        using var scope = NewDisposeScope();
        var transferred = MotionTransfer.Transfer(mode, source, driving, _reference);
        var target = Keep(strength is var (pose, expression) ? MotionTransfer.Strengthened(source, transferred, pose, expression) : transferred);
        _last?.Dispose();
        return _last = target;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reference?.Dispose();
        _last?.Dispose();
    }

    private static FaceCoefficients Keep(FaceCoefficients coefficients)
    {
        using var scope = NewDisposeScope();
        return coefficients.Copy().DetachFromDisposeScope();
    }
}

/// <summary>The motion of models that find keypoints in the frames: the keypoints are transferred.</summary>
/// <param name="animation">The source as the model sees it; owned by the caller.</param>
/// <param name="mode">What is transferred.</param>
internal sealed class FrameDrivenMotion(SourceAnimation animation, MotionMode mode) : DrivenMotion
{
    private MotionState? _reference;

    /// <inheritdoc/>
    public override void Begin(Tensor? image, FaceCoefficients? face)
    {
        _reference?.Free();
        _reference = image is null ? null : animation.Observe(new FaceFrame(image)).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override MotionState Next(Tensor image, FaceCoefficients? face)
    {
        var driving = animation.Observe(new FaceFrame(image));
        _reference ??= driving.DetachFromDisposeScope();
        return animation.Transfer(mode, driving, _reference);
    }

    /// <inheritdoc/>
    public override void Dispose() => _reference?.Free();
}
