using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Measures several methods with the literature's networks, which see every source and driving frame once.</summary>
internal sealed class StandardComparison : IDisposable
{
    private readonly IReadOnlyList<StandardScores> _scores;
    private readonly StandardClips?[] _windows;
    private readonly StandardClips? _drivingWindow;
    private StandardMeasurements? _source;
    private StandardMeasurements? _driving;
    private Tensor? _drivingClips;

    /// <param name="scores">Of every method; the first copies the source.</param>
    public StandardComparison(IReadOnlyList<StandardScores> scores)
        => (_scores, _windows, _drivingWindow) = (scores, [.. scores.Select(method => method.Window())], scores[0].Window());

    /// <summary>Looks at the frames that all methods are compared with.</summary>
    /// <param name="frames">One moment.</param>
    /// <param name="source">Landmarks of the source frames, or null.</param>
    /// <param name="driving">Landmarks of the driving frames, or null.</param>
    public void Begin(ReconstructedFrames frames, FoundValues? source, FoundValues? driving)
    {
        if (frames.Time == 0)
        {
            _source?.Free();
            _source = _scores[0].Measure(frames.Source, source).DetachFromDisposeScope();
        }
        _driving = _scores[0].Measure(frames.Driving, driving);
        _drivingClips = _drivingWindow?.Next(frames.Driving, frames.IsLast);
    }

    /// <summary>Takes in what a method made of the moment.</summary>
    /// <param name="method">Index of the method.</param>
    /// <param name="frames">The moment.</param>
    /// <param name="images">What it made, [N, 3, S, S].</param>
    /// <param name="landmarks">Landmarks of it, or null.</param>
    public void Update(int method, ReconstructedFrames frames, Tensor images, FoundValues? landmarks)
    {
        var scores = _scores[method];
        scores.Update(method == 0 ? _source! : scores.Measure(images, landmarks), _source!, _driving!);
        scores.Update(images, frames.Driving);
        if (_windows[method]?.Next(images, frames.IsLast) is { } clips) scores.UpdateClips(clips, _drivingClips!);
    }

    /// <summary>Frees what was kept from moment to moment.</summary>
    public void Dispose()
    {
        _source?.Free();
        _drivingWindow?.Dispose();
        foreach (var window in _windows) window?.Dispose();
    }
}
