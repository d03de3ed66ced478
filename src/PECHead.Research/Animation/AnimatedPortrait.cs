using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>A photograph on its way through the frames.</summary>
internal sealed class AnimatedPortrait : IDisposable
{
    private readonly int _side;
    private readonly IFaceReconstructor? _reconstructor;
    private readonly FaceFrame _frame;
    private readonly SourceAnimation _animation;
    private readonly DrivenMotion _motion;
    private readonly RgbImage? _beside;
    private readonly FacePaste? _paste;

    /// <summary>Encodes the source.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="reconstructor">Turns coefficients into landmarks; may be null for a model that looks at frames alone.</param>
    /// <param name="source">The photograph.</param>
    /// <param name="image">Its square [1, 3, S, S] on the device of the model.</param>
    /// <param name="face">The face in it, score 0 where there is none; may be null for a model that looks at frames alone.</param>
    /// <param name="options">How to animate.</param>
    /// <param name="rate">Driving frames a second.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <param name="look">Tells how far eyes and lips of a frame are open; may be null where <see cref="AnimationOptions.Controls"/> do not ask for it.</param>
    /// <exception cref="DataException">There is no face in the source.</exception>
    public AnimatedPortrait(
        TalkingHeadModel model, IFaceReconstructor? reconstructor, Portrait source, Tensor image, FaceCoefficients? face, AnimationOptions options, double rate, Precision precision,
        Func<Tensor, FaceOpenness?>? look = null)
    {
        if (face?.Score[0].ToDouble() == 0)
            face = model.NeedsFaces ? throw NoFace(source.File) : null;
        using var scope = NewDisposeScope();
        (_side, _reconstructor) = (model.OutputSize, reconstructor);
        _beside = options.Beside ? source.Square : null;
        _paste = options.PasteBack ? source.Paste() : null;
        Face = face?.DetachFromDisposeScope();
        _frame = new FaceFrame(image, model.NeedsFaces ? FaceObservation.State(reconstructor!, face!) : null).DetachFromDisposeScope();
        _animation = new SourceAnimation(model, _frame, precision);
        (double, double)? strength = (options.PoseStrength, options.ExpressionStrength) == (1, 1) ? null : (options.PoseStrength, options.ExpressionStrength);
        _motion = model switch
        {
            { NeedsFaces: true } => new FaceDrivenMotion(_animation, face!, reconstructor!, options.Mode, options.Smooth == 0 ? null : () => new CoefficientFilter(rate, options.Smooth), strength),
            IControlledMotion controlled => new ControlledDrivenMotion(_animation, controlled, options.Asked, options.Controls.SeesSource ? look?.Invoke(image) : null, look),
            _ => new FrameDrivenMotion(_animation, options.Mode),
        };
    }

    /// <summary>The source's own identity, pose and expression; null where there is no face, or none was looked for.</summary>
    public FaceCoefficients? Face { get; }

    /// <summary>What drives where the driving face rests, in the present shot.</summary>
    public FaceCoefficients? Rest { get; private set; }

    /// <summary>Width of the pictures.</summary>
    public int Width => _paste?.Width ?? (_beside is null ? 1 : 3) * _side;

    /// <summary>Height of the pictures.</summary>
    public int Height => _paste?.Height ?? _side;

    /// <summary>Begins a shot of the driving video.</summary>
    /// <param name="image">Its reference frame [1, 3, S, S]; null: the first that comes.</param>
    /// <param name="face">The face in it; null: the first that comes.</param>
    /// <param name="rest">What drives where the driving face rests; null for a model that looks at frames alone.</param>
    public void Begin(Tensor? image, FaceCoefficients? face, FaceCoefficients? rest)
    {
        _animation.Restart();
        _motion.Begin(image, face);
        Rest?.Dispose();
        Rest = rest?.Copy().DetachFromDisposeScope();
    }

    /// <summary>The next picture after a driving frame.</summary>
    /// <param name="driving">The frame, to be shown.</param>
    /// <param name="image">The same as a tensor.</param>
    /// <param name="face">The face in it.</param>
    public RgbImage Next(RgbImage driving, Tensor image, FaceCoefficients? face) => Show(driving, Follow(image, face));

    /// <summary>The motion that the next driving frame asks for; may run beside <see cref="Show"/> of the frame before.</summary>
    /// <param name="image">The frame [1, 3, S, S].</param>
    /// <param name="face">The face in it.</param>
    public MotionState Follow(Tensor image, FaceCoefficients? face) => _motion.Next(image, face);

    /// <summary>Does beforehand what <see cref="Show"/> need not wait for; may run beside anything of another frame.</summary>
    /// <param name="motion">From <see cref="Follow"/>.</param>
    public MotionState Align(MotionState motion) => _animation.Align(motion);

    /// <summary>The next picture.</summary>
    /// <param name="driving">The driving frame, to be shown.</param>
    /// <param name="motion">Its motion, from <see cref="Follow"/> or <see cref="Align"/>.</param>
    public RgbImage Show(RgbImage driving, MotionState motion)
    {
        var generated = Picture(motion);
        return _beside is { } source ? FrameRow.Join(source, driving, generated) : _paste?.Compose(generated) ?? generated;
    }

    /// <summary>The next picture of a recorded motion, for a model that records them.</summary>
    /// <param name="driving">Motion of the driving frame.</param>
    /// <param name="first">Motion of the reference frame.</param>
    /// <param name="driven">How far eyes and lips of the driving face are open.</param>
    public RgbImage Next(MotionState driving, MotionState first, FaceOpenness? driven) => Compose(((ControlledDrivenMotion)_motion).Next(driving, first, driven));

    /// <summary>The motion of given coefficients.</summary>
    /// <param name="target">Of the identity of the source.</param>
    public MotionState MotionTo(FaceCoefficients target)
        => _animation.Observe(new FaceFrame(_frame.Image, FaceObservation.State(_reconstructor!, target)));

    /// <summary>The motion of an edit, for a model of frames.</summary>
    /// <param name="edit">What to change.</param>
    /// <param name="editor">The model.</param>
    /// <param name="openness">How far eyes and lips of the source are open, where it is known.</param>
    /// <exception cref="ArgumentException">As for <see cref="IEditableMotion.Edit"/>, or the edit moves the head in its frame.</exception>
    public MotionState MotionTo(FaceEdit edit, IEditableMotion editor, FaceOpenness? openness) => edit.MovesPlace
        ? throw new ArgumentException("This model turns heads and changes expressions; it has no zoom and no shift.")
        : editor.Edit(_animation.Source, (edit.Yaw, edit.Pitch, edit.Roll), edit.Frontalize, edit.Expressions, openness);

    /// <summary>The next frame, with what led to it.</summary>
    /// <param name="motion">What the source is to do.</param>
    public Generated Generate(MotionState motion) => _animation.Next(motion);

    /// <summary>The next picture of a motion: the square, or the whole photograph.</summary>
    /// <param name="motion">What the source is to do.</param>
    public RgbImage Compose(MotionState motion)
    {
        var generated = Picture(motion);
        return _paste?.Compose(generated) ?? generated;
    }

    /// <summary>The error of a source without a face.</summary>
    /// <param name="file">Its file, where it has one.</param>
    internal static DataException NoFace(string? file) => new(
        "no face was found in the source picture", file, "Use a picture in which the face is well lit, seen from the front and at least a third of the frame.");

    /// <summary>Frees what was computed of the source.</summary>
    public void Dispose()
    {
        _motion.Dispose();
        _animation.Dispose();
        _frame.Free();
        Face?.Dispose();
        Rest?.Dispose();
    }

    private RgbImage Picture(MotionState motion) => FrameImage.FromTensor(Generate(motion).Image[0]);
}
