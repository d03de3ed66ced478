using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>
/// Contract of a model that animates a source frame: encode the source once, then for each driving frame observe its motion and
/// generate.
/// </summary>
public abstract class TalkingHeadModel : nn.Module<FaceFrame, FaceFrame, Generated>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected TalkingHeadModel(string name) : base(name)
    {
    }

    /// <summary>Side of the square frames in pixels.</summary>
    public abstract int ImageSize { get; }

    /// <summary>Side of the square frames that it generates, pixels.</summary>
    public virtual int OutputSize => ImageSize;

    /// <summary>How much of a picture around the face the model wants to see.</summary>
    public virtual HeadMargins Margins { get; } = new();

    /// <summary>
    /// Whether the model is told of faces, so that <see cref="FaceFrame.Face"/> must be there; otherwise it finds its keypoints in
    /// the frames.
    /// </summary>
    public virtual bool NeedsFaces => true;

    /// <summary>Whether the model tells the pose of a head from the expression of its face.</summary>
    public virtual bool SeparatesPose => NeedsFaces;

    /// <summary>What models that are told of faces can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> FaceModes { get; } = [MotionMode.Relative, MotionMode.Absolute, MotionMode.PoseOnly, MotionMode.ExpressionOnly];

    /// <summary>What the model can take from a driving video, the default first.</summary>
    public virtual IReadOnlyList<MotionMode> Modes => FaceModes;

    /// <summary>Computes what depends on the source alone.</summary>
    /// <param name="source">Frames [N, 3, S, S], RGB in [0, 1], and their faces.</param>
    /// <exception cref="ArgumentException">Frames or faces of another shape, or no faces where the model needs them.</exception>
    public abstract SourceState EncodeSource(FaceFrame source);

    /// <summary>Observes the motion that driving frames ask the source to make.</summary>
    /// <param name="source">State of the source, for models whose points start from the source's appearance.</param>
    /// <param name="driving">
    /// Driving frames of the same batch. Their landmarks, where the model needs them, are those of the source's face in the driving
    /// pose.
    /// </param>
    public abstract MotionState ObserveMotion(SourceState source, FaceFrame driving);

    /// <summary>
    /// Puts the motion of a driving video on the source. Models that are told of a face have nothing to do: for them the face is
    /// transferred before.
    /// </summary>
    /// <param name="mode">One of <see cref="Modes"/>.</param>
    /// <param name="source">State of the source.</param>
    /// <param name="driving">Motion of the present driving frame.</param>
    /// <param name="first">Motion of the first driving frame.</param>
    public virtual MotionState Transfer(MotionMode mode, SourceState source, MotionState driving, MotionState first) => driving;

    /// <summary>
    /// Does the part of <see cref="Generate"/> that does not depend on the frames before, so that frames may share it out among threads. Who leaves this
    /// step out gets the same frame.
    /// </summary>
    /// <param name="source">State of the source.</param>
    /// <param name="motion">What <see cref="ObserveMotion"/> or <see cref="Transfer"/> gave.</param>
    /// <returns>A motion for <see cref="Generate"/>; the same where a model has no such part.</returns>
    public virtual MotionState Align(SourceState source, MotionState motion) => motion;

    /// <summary>Moves the source so that its points come to lie where the motion says.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="motion">What <see cref="ObserveMotion"/>, <see cref="Transfer"/> or <see cref="Align"/> gave.</param>
    /// <param name="previous">What the frame before left in <see cref="Generated.Context"/>; null on the first frame.</param>
    /// <param name="frameFlow">Flow [N, H, W, 2] from this source frame to the one before; null for a still source.</param>
    public abstract Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null);

    /// <summary>Observes the motion of driving frames and generates.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="driving">As for <see cref="ObserveMotion"/>.</param>
    /// <param name="previous">As for <see cref="Generate"/>.</param>
    /// <param name="frameFlow">As for <see cref="Generate"/>.</param>
    public Generated Animate(SourceState source, FaceFrame driving, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        using var scope = NewDisposeScope();
        return Generate(source, ObserveMotion(source, driving), previous, frameFlow).MoveToOuterDisposeScope();
    }

    /// <summary>The whole way for a single frame.</summary>
    /// <param name="input1">Source frames.</param>
    /// <param name="input2">Driving frames.</param>
    /// <returns>The driving frames, rebuilt from the source.</returns>
    public sealed override Generated forward(FaceFrame input1, FaceFrame input2)
    {
        using var scope = NewDisposeScope();
        return Animate(EncodeSource(input1), input2).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses a state of another model.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">Name of the argument.</param>
    /// <exception cref="ArgumentException">Not a <typeparamref name="T"/>.</exception>
    protected T Own<T>(object state, string name) where T : class
    {
        ArgumentNullException.ThrowIfNull(state, name);
        return state as T ?? throw new ArgumentException($"Expected the {typeof(T).Name} of {GetName()}, received a {state.GetType().Name} of another model.", name);
    }
}
