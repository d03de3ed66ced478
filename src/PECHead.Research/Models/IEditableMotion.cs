using PECHead.Research.Perception;

namespace PECHead.Research.Models;

/// <summary>A model of frames whose motion can be edited by names: it needs no driving face.</summary>
public interface IEditableMotion
{
    /// <summary>What can be changed, beside the angles yaw, pitch and roll.</summary>
    IReadOnlyList<MotionSlider> Sliders { get; }

    /// <summary>The motion of a source that is changed.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="angles">Yaw, pitch and roll in degrees, added to the source's own.</param>
    /// <param name="frontalized">Whether the source's own angles are taken away first.</param>
    /// <param name="values">Values of sliders by their names; what is not named stays.</param>
    /// <param name="openness">How far eyes and lips of the source are open; null: nobody knows.</param>
    /// <exception cref="ArgumentException">An unknown name, a value outside of its range, or one that needs the openness, and it is not known.</exception>
    MotionState Edit(
        SourceState source, (double Yaw, double Pitch, double Roll) angles, bool frontalized, IReadOnlyDictionary<string, double> values, FaceOpenness? openness = null);
}

/// <summary>Something of a face that a number changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">The least value.</param>
/// <param name="Most">The greatest value.</param>
/// <param name="Meaning">What it does, for help texts.</param>
public sealed record MotionSlider(string Name, double Least, double Most, string Meaning);
