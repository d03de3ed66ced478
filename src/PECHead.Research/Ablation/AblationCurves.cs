using System.Text.Json;
using PECHead.Research.Visualization;

namespace PECHead.Research.Ablation;

/// <summary>The total loss of every run over its steps, the stages of a run one behind the other.</summary>
internal static class AblationCurves
{
    /// <summary>Draws the curves.</summary>
    /// <param name="runs">Name and the logs of the stages of every run.</param>
    public static LossCurve Draw(IEnumerable<(string Name, IReadOnlyList<string> Logs)> runs)
    {
        var curve = new LossCurve { Smoothing = 0.97, IsLogarithmic = true, ValueLabel = "total loss, smoothed", Width = 640, Height = 340 };
        foreach (var (name, logs) in runs)
        {
            var before = 0;
            foreach (var log in logs)
            {
                var totals = Totals(log);
                foreach (var (step, total) in totals) curve.Add(before + step, (name, total));
                before += totals.Keys.LastOrDefault();
            }
        }
        return curve;
    }

    // A step that a kill took back was done again: the last of its lines counts.
    private static SortedDictionary<int, double> Totals(string log)
    {
        var totals = new SortedDictionary<int, double>();
        foreach (var line in File.ReadLines(log))
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.GetProperty("event").GetString() == "step")
                totals[entry.RootElement.GetProperty("step").GetInt32()] = entry.RootElement.GetProperty("total").GetDouble();
        }
        return totals;
    }
}
