using PECHead.Research.Models;

namespace PECHead.Research.Animation;

/// <summary>A photograph that takes one pose after the other. It is encoded once, and no pose knows of those before it.</summary>
public sealed class PosedPortrait : IDisposable
{
    private readonly AnimatedPortrait _portrait;
    private readonly Func<FaceEdit, MotionState> _motion;

    internal PosedPortrait(Portrait source, AnimatedPortrait portrait, Func<FaceEdit, MotionState> motion)
        => (Source, _portrait, _motion) = (source, portrait, motion);

    /// <summary>The photograph.</summary>
    public Portrait Source { get; }

    /// <summary>The motion of an edit.</summary>
    /// <param name="edit">What to change.</param>
    /// <returns>Of one frame. Its tensors belong to the scope around the call.</returns>
    /// <exception cref="ArgumentException">A value of the edit is outside of its range, an expression unknown, or the model cannot do it.</exception>
    public MotionState MotionOf(FaceEdit edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return _motion(edit);
    }

    /// <summary>Generates the frame of a motion, as <see cref="TalkingHead.Edit(Portrait, IEnumerable{FaceEdit}, bool)"/> generates its first.</summary>
    /// <param name="motion">What <see cref="MotionOf"/> gave.</param>
    /// <returns>One frame with what led to it. Its tensors belong to the scope around the call.</returns>
    public Generated Generate(MotionState motion)
    {
        _portrait.Begin(null, null, null);
        return _portrait.Generate(motion);
    }

    /// <summary>Frees what was computed of the photograph.</summary>
    public void Dispose() => _portrait.Dispose();
}
