using System.Globalization;
using System.Text.Json;

namespace PECHead.Benchmarks;

/// <summary>Times and peak memory of this process, printed as one JSON object like the Python peer's.</summary>
internal static class Measurement
{
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
