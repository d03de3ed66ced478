using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PECHead.Benchmarks;

/// <summary>Times and peak memory of this process, printed as one JSON object like the Python peer's.</summary>
internal static class Measurement
{
    // As the peer: one thread is measured by its processor time, which other programs do not lengthen.
    private static readonly bool OneThread = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") == "1";

    public static double Seconds => OneThread ? Environment.CpuUsage.TotalTime.TotalSeconds : Stopwatch.GetElapsedTime(0).TotalSeconds;

    public static object Summary(IReadOnlyList<double> seconds)
    {
        var ordered = seconds.Order().ToArray();
        return new { median = ordered[ordered.Length / 2], best = ordered[0], mean = seconds.Average() };
    }

    public static int Print(object values)
    {
        Console.WriteLine(JsonSerializer.Serialize(new { values, peak_rss_mib = PeakMebibytes() }));
        return 0;
    }

    private static double PeakMebibytes()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
