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
    /// <summary>Driving frames so far in which no face was found.</summary>
    public int Missed { get; protected set; }

    /// <summary>The motion of the next driving frame.</summary>
    /// <param name="image">The frame [1, 3, S, S].</param>
    /// <param name="face">The face in it, score 0 where there is none; null for models that look at the frame alone.</param>
    /// <exception cref="Data.DataException">The first frame has no face.</exception>
    public abstract MotionState Next(Tensor image, FaceCoefficients? face);

    /// <summary>Frees what was kept.</summary>
    public abstract void Dispose();
}

/// <summary>The motion of models that are told of a face: its coefficients are transferred.</summary>
/// <remarks>A frame without a face repeats the motion of the frame before it.</remarks>
/// <param name="animation">The source as the model sees it; owned by the caller.</param>
/// <param name="source">Coefficients of the source; owned by the caller.</param>
/// <param name="reconstructor">Turns coefficients into landmarks.</param>
/// <param name="mode">What is transferred.</param>
/// <param name="filter">Steadies the driving face; null takes it as it is found.</param>
internal sealed class FaceDrivenMotion(
    SourceAnimation animation, FaceCoefficients source, IFaceReconstructor reconstructor, MotionMode mode, CoefficientFilter? filter = null) : DrivenMotion
{
    private FaceCoefficients? _first;
    private FaceCoefficients? _last;

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
        driving = filter?.Next(driving) ?? driving;
        if (driving.Score[0].ToDouble() == 0)
        {
            Missed++;
            return _last ?? throw new Data.DataException("no face was found in the first frame of the driving video", null, "Cut the video so that it begins with a face.");
        }
        _first ??= Keep(driving);
        var target = Keep(MotionTransfer.Transfer(mode, source, driving, _first));
        _last?.Dispose();
        return _last = target;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _first?.Dispose();
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
    private MotionState? _first;

    /// <inheritdoc/>
    public override MotionState Next(Tensor image, FaceCoefficients? face)
    {
        var driving = animation.Observe(new FaceFrame(image));
        _first ??= driving.DetachFromDisposeScope();
        return animation.Transfer(mode, driving, _first);
    }

    /// <inheritdoc/>
    public override void Dispose() => _first?.Free();
}
