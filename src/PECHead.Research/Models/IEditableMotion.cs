using PECHead.Research.Landmarks;
using PECHead.Research.Perception;

namespace PECHead.Research.Models;

/// <summary>A model of frames whose motion can be edited by names: it needs no driving face.</summary>
public interface IEditableMotion
{
    /// <summary>What can be changed, beside the angles of an <see cref="IEditableHead"/>.</summary>
    IReadOnlyList<MotionSlider> Sliders { get; }

    /// <summary>The motion of a source that is changed.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="angles">Yaw, pitch and roll in degrees, added to the source's own.</param>
    /// <param name="frontalized">Whether the source's own angles are taken away first.</param>
    /// <param name="values">Values of sliders by their names; what is not named stays.</param>
    /// <param name="openness">How far eyes and lips of the source are open; null: nobody knows.</param>
    /// <exception cref="ArgumentException">
    /// An unknown name, a value outside of its range, one that needs the openness, and it is not known, or an angle of a model that knows none.
    /// </exception>
    MotionState Edit(
        SourceState source, (double Yaw, double Pitch, double Roll) angles, bool frontalized, IReadOnlyDictionary<string, double> values, FaceOpenness? openness = null);
}

/// <summary>A model of frames that knows the angles of a head, and its expression apart from them.</summary>
public interface IEditableHead : IEditableMotion
{
    /// <summary>The motion of a source that takes on the expression of a driving frame, and keeps the rest of its own.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="driving">Driving frames of the same batch.</param>
    MotionState TakeExpression(SourceState source, FaceFrame driving);
}
