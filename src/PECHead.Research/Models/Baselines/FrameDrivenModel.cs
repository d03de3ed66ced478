using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>
/// A baseline that finds its motion in frames alone and passes nothing from frame to frame. Arguments are checked here, and the methods of a model see
/// states of its own.
/// </summary>
/// <typeparam name="TSource">What it computes of a source.</typeparam>
/// <typeparam name="TMotion">What it finds in a driving frame.</typeparam>
internal abstract class FrameDrivenModel<TSource, TMotion> : BaselineModel
    where TSource : SourceState
    where TMotion : MotionState
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected FrameDrivenModel(string name) : base(name)
    {
    }

    /// <inheritdoc/>
    public sealed override bool NeedsFaces => false;

    /// <inheritdoc/>
    public sealed override TSource EncodeSource(FaceFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireFrames(source.Image, nameof(source));
        using var scope = NewDisposeScope();
        return Encode(source).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override TMotion ObserveMotion(SourceState source, FaceFrame driving)
    {
        var own = Own<TSource>(source, nameof(source));
        ArgumentNullException.ThrowIfNull(driving);
        RequireFrames(driving.Image, nameof(driving));
        using var scope = NewDisposeScope();
        return Observe(own, driving.Image).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override MotionState Transfer(MotionMode mode, SourceState source, MotionState driving, MotionState first)
    {
        var (own, target, start) = (Own<TSource>(source, nameof(source)), Own<TMotion>(driving, nameof(driving)), Own<TMotion>(first, nameof(first)));
        if (!Modes.Contains(mode)) throw new ArgumentException($"This model cannot take '{mode}' from a video.", nameof(mode));
        using var scope = NewDisposeScope();
        return Transfer(own, target, start, mode).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        var (own, target) = (Own<TSource>(source, nameof(source)), Own<TMotion>(motion, nameof(motion)));
        using var scope = NewDisposeScope();
        return Draw(own, target).MoveToOuterDisposeScope();
    }

    /// <summary>Puts the motion of a driving video on the source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="driving">Of the present driving frame.</param>
    /// <param name="first">Of the first driving frame.</param>
    /// <param name="mode">One of the model's.</param>
    protected virtual TMotion Transfer(TSource source, TMotion driving, TMotion first, MotionMode mode) => mode switch
    {
        MotionMode.Absolute => driving,
        MotionMode.Disentangled => Disentangle(source, driving),
        _ => Relative(source, driving, first, mode == MotionMode.Relative),
    };

    /// <summary>Computes what depends on the source alone.</summary>
    /// <param name="source">Frames of the model's size.</param>
    protected abstract TSource Encode(FaceFrame source);

    /// <summary>Finds the motion.</summary>
    /// <param name="source">The source that will move.</param>
    /// <param name="driving">Frames of the model's size.</param>
    protected abstract TMotion Observe(TSource source, Tensor driving);

    /// <summary>The motion of a source that moves as the driving frame did since its first frame.</summary>
    /// <param name="source">The source.</param>
    /// <param name="driving">Of the present driving frame.</param>
    /// <param name="first">Of the first driving frame.</param>
    /// <param name="scaled">Whether the movement is in units of the size of the face.</param>
    protected abstract TMotion Relative(TSource source, TMotion driving, TMotion first, bool scaled);

    /// <summary>The source's shape in the pose of the driving frame, for models with <see cref="MotionMode.Disentangled"/>.</summary>
    /// <param name="source">The source.</param>
    /// <param name="driving">Of the driving frame.</param>
    protected virtual TMotion Disentangle(TSource source, TMotion driving) => throw new NotSupportedException();

    /// <summary>Generates frames.</summary>
    /// <param name="source">The source.</param>
    /// <param name="motion">Its motion.</param>
    protected abstract Generated Draw(TSource source, TMotion motion);

    private void RequireFrames(Tensor frames, string name) => TensorGuard.Input(this, frames, name, TensorGuard.Some, 3, ImageSize, ImageSize);
}
