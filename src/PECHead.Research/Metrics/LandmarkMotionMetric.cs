namespace PECHead.Research.Metrics;

/// <summary>A number per window of consecutive frames of a clip, from the tracks of 68 landmarks.</summary>
/// <remarks>
/// The last frames of a batch are kept, so batches may cut a clip anywhere; <see cref="EndClip"/> says where it ends. A
/// window with a frame without a face is skipped and counted. Workers take whole clips.
/// </remarks>
public abstract class LandmarkMotionMetric : MeanMetric
{
    private const double UnitSide = 256;
    private const string NoFace = "window with a frame without a face";

    private readonly Queue<double[]?> _window = new();
    private readonly string _metric;
    private readonly double _scale;

    private protected LandmarkMotionMetric(string metric, MetricNetwork network, int side)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        (_metric, Network, _scale) = (metric, network, UnitSide / side);
    }

    /// <summary>What finds the landmarks.</summary>
    public MetricNetwork Network { get; }

    /// <inheritdoc/>
    public sealed override string Name => Network.Label(_metric);

    /// <inheritdoc/>
    public sealed override bool HigherIsBetter => false;

    /// <summary>Frames of a window.</summary>
    private protected abstract int WindowLength { get; }

    /// <summary>Ends a clip: what follows is another one.</summary>
    public void EndClip() => _window.Clear();

    /// <summary>Takes in the tracks of consecutive frames, continuing the clip.</summary>
    private protected void Follow(IReadOnlyList<double[]?> tracks)
    {
        var values = new List<double>();
        var reasons = new List<string?>();
        var before = _window.ToArray();
        foreach (double[]? track in tracks)
        {
            _window.Enqueue(track);
            if (_window.Count < WindowLength)
                continue;
            var frames = _window.ToArray();
            reasons.Add(frames.Contains(null) ? NoFace : null);
            values.Add(frames.Contains(null) ? 0 : _scale * OfWindow(frames!));
            _window.Dequeue();
        }
        try
        {
            Take([.. values], [.. reasons]);
        }
        catch (ArgumentException)
        {
            _window.Clear();
            foreach (double[]? track in before)
                _window.Enqueue(track);
            throw;
        }
    }

    /// <summary>The number of one window, in pixels of the frames.</summary>
    /// <param name="frames">x and y of every landmark, frame by frame.</param>
    private protected abstract double OfWindow(double[][] frames);

    /// <summary>Mean length of vectors that are given as x and y of every landmark.</summary>
    private protected static double MeanLength(int landmarks, Func<int, double> component)
    {
        double sum = 0;
        for (int i = 0; i < landmarks; i++)
            sum += double.Hypot(component(2 * i), component(2 * i + 1));
        return sum / landmarks;
    }

    // Windows of the other worker's clips are already in its sum.
    private protected sealed override void MergeState(MeanMetric other)
    {
    }

    private protected sealed override void ResetState() => EndClip();
}
