namespace PECHead.Research.Metrics;

/// <summary>Jerk: mean length of the third difference of the generated landmarks over time, in pixels at 256 px per frame³.</summary>
/// <remarks>
/// <b>Choice:</b> ours. It needs no reference, so it also serves where identities cross; a head that moves smoothly has
/// little, one that trembles much, one that stands still none. Read it beside the driving clip's own.
/// </remarks>
public sealed class LandmarkJerk : LandmarkMotionMetric
{
    /// <summary>Builds the metric.</summary>
    /// <param name="network">What finds the landmarks.</param>
    /// <param name="side">Side of the frames in pixels, whose coordinates the landmarks have.</param>
    public LandmarkJerk(MetricNetwork network, int side) : base("jerk", network, side)
    {
    }

    private protected override int WindowLength => 4;

    /// <summary>Takes in consecutive frames of a clip.</summary>
    /// <param name="generated">Landmarks [N, 68, 2] of N generated frames in their order.</param>
    /// <exception cref="ArgumentException">Another shape, or landmarks that are not finite.</exception>
    public void Update(FoundValues generated)
    {
        generated.Require(nameof(generated), AverageKeypointDistance.Landmarks, 2);
        bool[] found = generated.Present();
        Follow([.. generated.Rows().Select((row, i) => found[i] ? row : null)]);
    }

    private protected override double OfWindow(double[][] frames) => MeanLength(
        frames[0].Length / 2, i => frames[3][i] - 3 * frames[2][i] + 3 * frames[1][i] - frames[0][i]);
}
