using System.Text.Json;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Metrics;

namespace PECHead.Research.Ablation;

/// <summary>A metric's value on the held-out frames.</summary>
/// <param name="Name">With the network behind it.</param>
/// <param name="HigherIsBetter">Or else a lower one.</param>
/// <param name="Value">The value; null where nothing could be measured.</param>
/// <param name="Skipped">What was left out and why, or empty.</param>
public sealed record MeasuredMetric(string Name, bool HigherIsBetter, double? Value, string Skipped)
{
    internal static IReadOnlyList<MeasuredMetric> Of(TaskScores scores) => [.. scores.Metrics.Select(metric => new MeasuredMetric(
        metric.Name, metric.HigherIsBetter, Number(metric), metric.Skipped.Total > 0 ? metric.Skipped.ToString() : ""))];

    private static double? Number(Metric metric) => metric.HasValue && metric.Compute() is var value && double.IsFinite(value) ? value : null;
}

/// <summary>The result of one finished run: a setting, trained with a seed, measured.</summary>
/// <param name="Setting">Id of the setting.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Steps">Optimizer steps of all stages.</param>
/// <param name="Minutes">Minutes spent on them.</param>
/// <param name="Metrics">What the model reaches.</param>
/// <param name="SourceCopy">What copying the source frame reaches on the same frames.</param>
/// <param name="Terms">What the result holds for: experiment, budget, frames. Another plan does not take it over.</param>
public sealed record AblationResult(
    string Setting, long Seed, int Steps, double Minutes, IReadOnlyList<MeasuredMetric> Metrics, IReadOnlyList<MeasuredMetric> SourceCopy, string Terms)
{
    private const long LargestFile = 1 << 20;
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads a result.</summary>
    /// <param name="path">evaluation.json of a run.</param>
    /// <exception cref="DataException">No such file, or a damaged one.</exception>
    public static AblationResult Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException("no such result", path);
        try
        {
            if (file.Length <= LargestFile && JsonSerializer.Deserialize<AblationResult>(File.ReadAllText(path), Format) is { Metrics: not null, SourceCopy: not null } result)
                return result;
        }
        catch (JsonException failure)
        {
            throw Damaged(path, failure);
        }
        throw Damaged(path, null);
    }

    internal void Write(string path) => ReplacedFile.WriteText(path, JsonSerializer.Serialize(this, Format));

    private static DataException Damaged(string path, Exception? cause)
        => new("no result of an ablation", path, "Delete the file; the run is then evaluated again.", cause);
}
