using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>
/// A batch of sources that a model animates frame by frame. What depends on the sources alone is computed once, what a frame leaves
/// for the next one is remembered, and memory does not grow with the number of frames.
/// </summary>
public sealed class SourceAnimation : IDisposable
{
    private readonly TalkingHeadModel _model;
    private readonly Precision _precision;
    private readonly bool _propagates;
    private PropagationState? _context;

    /// <summary>Encodes the sources.</summary>
    /// <param name="model">In evaluation mode, on the device of the frames.</param>
    /// <param name="source">The source frames, with their faces where the model needs them; stays the caller's.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <param name="propagates">Whether a frame may know of those before it; false lets every frame be the first.</param>
    /// <exception cref="ArgumentException">Frames or faces of another shape than the model's.</exception>
    public SourceAnimation(TalkingHeadModel model, FaceFrame source, Precision precision = Precision.Full, bool propagates = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        TensorGuard.Floating(source.Image, nameof(source));   // the device of no tensor ends the process
        (_model, _precision, _propagates) = (model, precision, propagates);
        using var quiet = no_grad();
        using var arithmetic = Accelerator.MixedPrecision(source.Image.device, precision);
        Source = model.EncodeSource(source).DetachFromDisposeScope();
    }

    /// <summary>What the model computed of the sources.</summary>
    public SourceState Source { get; }

    /// <summary>Generates the next frame from driving frames.</summary>
    /// <param name="driving">As for <see cref="TalkingHeadModel.ObserveMotion"/>.</param>
    public Generated Next(FaceFrame driving)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return Next(Observe(driving)).MoveToOuterDisposeScope();
    }

    /// <summary>Generates the next frame.</summary>
    /// <param name="motion">The motion that the sources are to make.</param>
    /// <returns>The frame with what led to it. Its context stays with the animation, until the next frame.</returns>
    public Generated Next(MotionState motion)
    {
        AmbientCancellation.ThrowIfStopped();
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(Source.Frame.device, _precision);
        var generated = _model.Generate(Source, motion, _propagates ? _context : null);
        _context?.Free();
        _context = generated.Context?.DetachFromDisposeScope();
        return generated.MoveToOuterDisposeScope();
    }

    /// <summary>Forgets the frames so far: the next one is the first of a shot.</summary>
    internal void Restart()
    {
        _context?.Free();
        _context = null;
    }

    /// <summary>Observes the motion of driving frames.</summary>
    /// <param name="driving">As for <see cref="TalkingHeadModel.ObserveMotion"/>.</param>
    internal MotionState Observe(FaceFrame driving)
    {
        using var quiet = no_grad();
        using var arithmetic = Accelerator.MixedPrecision(Source.Frame.device, _precision);
        return _model.ObserveMotion(Source, driving);
    }

    /// <summary>Does beforehand what <see cref="Next(MotionState)"/> need not wait for.</summary>
    internal MotionState Align(MotionState motion)
    {
        using var quiet = no_grad();
        using var arithmetic = Accelerator.MixedPrecision(Source.Frame.device, _precision);
        return _model.Align(Source, motion);
    }

    /// <summary>Puts the motion of a driving video on the sources.</summary>
    internal MotionState Transfer(MotionMode mode, MotionState driving, MotionState first)
    {
        using var quiet = no_grad();
        return _model.Transfer(mode, Source, driving, first);
    }

    /// <summary>What the sources are to do, with everything that is said of it.</summary>
    internal MotionState Follow(IControlledMotion model, AskedMotion asked, MotionState driving, MotionState first, SeenOpenness seen)
    {
        using var quiet = no_grad();
        return model.Follow(asked, Source, driving, first, seen);
    }

    /// <summary>Frees what was computed and remembered.</summary>
    public void Dispose()
    {
        _context?.Free();
        Source.Dispose();
    }
}
