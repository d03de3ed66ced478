namespace PECHead.Research.Evaluation;

/// <summary>What was read in generated frames and in the frames that they come from, one moment of several clips.</summary>
/// <param name="Generated">Of the generated frames.</param>
/// <param name="Source">Of the source frames.</param>
/// <param name="Driving">Of the driving frames.</param>
internal sealed record MeasuredFrames(FaceMeasurements Generated, FaceMeasurements Source, FaceMeasurements Driving)
{
    /// <summary>One of the clips, as views.</summary>
    public MeasuredFrames Of(int clip) => new(Generated.Of(clip), Source.Of(clip), Driving.Of(clip));
}
