using PECHead.Research.Data;
using PECHead.Research.Training;
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
                var steps = RunLog.Read(log);
                if (steps.Rows.Count == 0) continue;
                foreach (var (step, total) in steps.Numbers("step").Zip(steps.Numbers("total"))) curve.Add(before + step!.Value, (name, total!.Value));
                before += (int)steps.Numbers("step")[^1]!.Value;
            }
        }
        return curve;
    }
}
