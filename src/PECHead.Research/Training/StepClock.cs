using System.Diagnostics;

namespace PECHead.Research.Training;

/// <summary>Says where the time of a step goes.</summary>
internal sealed class StepClock
{
    private readonly Dictionary<string, double> _seconds = [];
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Seconds of each part, in the order in which they were first measured.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    /// <summary>Adds the time since the last call, or since the start, to a part.</summary>
    /// <param name="part">Its name.</param>
    public void Lap(string part)
    {
        var now = Stopwatch.GetTimestamp();
        _seconds[part] = _seconds.GetValueOrDefault(part) + Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
    }
}
