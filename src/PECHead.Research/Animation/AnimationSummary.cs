namespace PECHead.Research.Animation;

/// <summary>What was made of a driving video.</summary>
/// <param name="Frames">Frames of the driving video.</param>
/// <param name="Missed">Frames in which no face was found, or one that is hidden or unsure: they were bridged. 0 for a model that looks at frames alone.</param>
/// <param name="Generated">Frames generated for all sources together.</param>
/// <param name="Seconds">Time from the first frame to the last: decoding, observation, generation, encoding.</param>
public sealed record AnimationSummary(int Frames, int Missed, int Generated, double Seconds)
{
    /// <summary>Generated frames a second.</summary>
    public double FramesPerSecond => Generated / Math.Max(Seconds, 1e-9);

    /// <summary>What one should know of the video and the result, a sentence each: cuts, reference frames, what was done to read it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
