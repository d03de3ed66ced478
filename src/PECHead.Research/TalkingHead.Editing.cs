using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research;

// How a head is edited without a driving video.
public sealed partial class TalkingHead
{
    /// <summary>Names of the expressions that can be edited; none for a model that can do no such thing.</summary>
    public IReadOnlyList<string> Expressions => _model switch
    {
        { NeedsFaces: true } => _observer!.Reconstructor.Directions.Names,
        IEditableMotion editor => [.. editor.Sliders.Select(slider => slider.Name)],
        _ => [],
    };

    /// <summary>The expressions with their ranges, where the model itself sets them; none where they are directions of the face model.</summary>
    internal IReadOnlyList<MotionSlider> Sliders => (_model as IEditableMotion)?.Sliders ?? [];

    /// <summary>Turns the head of a photograph and changes its expression.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="edit">What to change.</param>
    /// <param name="pasteBack">Puts the face back into the whole photograph.</param>
    /// <returns>The square of the model's size, or the whole photograph.</returns>
    /// <exception cref="DataException">Not readable, or there is no face.</exception>
    /// <exception cref="ArgumentException">A value of the edit is outside of its range, an expression unknown, or the model is not told of faces.</exception>
    public RgbImage Edit(string source, FaceEdit edit, bool pasteBack = false)
    {
        ArgumentNullException.ThrowIfNull(edit);
        if (_model is not IEditableMotion) edit.Validate(Editor().Directions);
        return Edit(Open(source), [edit], pasteBack).First();
    }

    /// <summary>Edits a photograph in several ways, each picture made as it is asked for.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="edits">In order: a model with propagation passes its context from one to the next.</param>
    /// <param name="pasteBack">Puts the face back into the whole photograph.</param>
    /// <exception cref="ArgumentException">As for <see cref="Edit(string, FaceEdit, bool)"/>.</exception>
    public IEnumerable<RgbImage> Edit(Portrait source, IEnumerable<FaceEdit> edits, bool pasteBack = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(edits);
        if (_model is not IEditableMotion) Editor();
        return Edited();

        IEnumerable<RgbImage> Edited()
        {
            using var portrait = Animated(source, new AnimationOptions { PasteBack = pasteBack }, rate: 25);
            var motion = Motions(portrait, source);
            foreach (var edit in edits)
            {
                using var scope = NewDisposeScope();
                yield return portrait.Compose(motion(edit));
            }
        }
    }

    /// <summary>Prepares a photograph for any number of edits, each a frame of its own with what led to it. The photograph is encoded once.</summary>
    /// <param name="source">The photograph.</param>
    /// <returns>Dispose it before this.</returns>
    /// <exception cref="DataException">There is no face in it.</exception>
    /// <exception cref="ArgumentException">The model can do no such thing.</exception>
    public PosedPortrait Pose(Portrait source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (_model is not IEditableMotion) Editor();
        var portrait = Animated(source, new AnimationOptions(), rate: 25);
        return new PosedPortrait(source, portrait, Motions(portrait, source));
    }

    // How an edit becomes a motion: by the coefficients of the face, or by the model itself.
    private Func<FaceEdit, MotionState> Motions(AnimatedPortrait portrait, Portrait source)
    {
        if (_model is not IEditableMotion editor)
        {
            var directions = Editor().Directions;
            return edit => portrait.MotionTo(edit.Apply(portrait.Face!, directions));
        }
        using var scope = NewDisposeScope();
        var openness = OpennessOf(FrameBatch.FromImages([source.Square], _device));
        return edit => portrait.MotionTo(edit, editor, openness);
    }

    private FaceOpenness? OpennessOf(Tensor square)
    {
        using var scope = NewDisposeScope();
        return _observer?.Observe(square).Meshes is { } meshes && meshes.Found(0) ? FaceOpenness.Of(meshes.Points[0]) : null;
    }

    private IFaceReconstructor Editor() => _model.NeedsFaces
        ? _observer!.Reconstructor
        : throw new ArgumentException("The model finds keypoints in frames and is not told of a face: it cannot be edited, but a video can drive it.");
}
