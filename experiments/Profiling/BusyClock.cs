using System.Diagnostics;

namespace PECHead.Experiments.Profiling;

/// <summary>Counts the time that work takes: on one thread the processor's, which other programs do not lengthen; on several the wall clock's.</summary>
/// <param name="threads">Threads that libtorch has.</param>
internal sealed class BusyClock(int threads)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Seconds so far.</summary>
    public double Seconds => threads == 1 ? Environment.CpuUsage.TotalTime.TotalSeconds : _watch.Elapsed.TotalSeconds;
}
