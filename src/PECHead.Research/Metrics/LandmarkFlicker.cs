namespace PECHead.Research.Metrics;

/// <summary>
/// Flicker: mean length of the frame-to-frame change of the landmarks' error, generated against driving, in pixels at
/// 256 px: motion that the driving clip does not have.
/// </summary>
/// <remarks>
/// <b>Choice:</b> ours. A constant offset costs nothing here (AKD sees it); an offset that comes and goes does. Made for
/// one identity: where identities cross, the shapes of two faces differ with the pose, and that counts as well.
/// </remarks>
public sealed class LandmarkFlicker : LandmarkMotionMetric
{
    /// <summary>Builds the metric.</summary>
    /// <param name="network">What finds the landmarks.</param>
    /// <param name="side">Side of the frames in pixels, whose coordinates the landmarks have.</param>
    public LandmarkFlicker(MetricNetwork network, int side) : base("flicker", network, side)
    {
    }

    private protected override int WindowLength => 2;

    /// <summary>Takes in consecutive frames of a clip.</summary>
    /// <param name="generated">Landmarks [N, 68, 2] of N generated frames in their order.</param>
    /// <param name="driving">Landmarks of the N driving frames.</param>
    /// <exception cref="ArgumentException">Another shape, or landmarks that are not finite.</exception>
    public void Update(FoundValues generated, FoundValues driving)
    {
        generated.Require(nameof(generated), AverageKeypointDistance.Landmarks, 2);
        driving.Require(nameof(driving), AverageKeypointDistance.Landmarks, 2);
        if (generated.Count != driving.Count)
            throw new ArgumentException($"{generated.Count} generated frames and {driving.Count} driving ones.", nameof(driving));
        bool[] found = generated.Present(), known = driving.Present();
        double[][] x = generated.Rows(), y = driving.Rows();
        Follow([.. x.Select((row, i) => found[i] && known[i] ? row.Zip(y[i], (a, b) => a - b).ToArray() : null)]);
    }

    private protected override double OfWindow(double[][] frames) =>
        MeanLength(frames[0].Length / 2, i => frames[1][i] - frames[0][i]);
}
