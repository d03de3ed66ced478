using System.Text.Json;
using Microsoft.Data.Analysis;

namespace PECHead.Research.Training;

/// <summary>Appends JSON lines to a run's log.</summary>
public sealed class RunLog : IDisposable
{
    private readonly StreamWriter _writer;

    /// <summary>Opens a log for appending.</summary>
    /// <param name="path">The file.</param>
    public RunLog(string path) => _writer = new StreamWriter(path, append: true) { AutoFlush = true };

    /// <summary>The steps of a run: a row a step, the columns step, seconds, learning_rate and a column a loss.</summary>
    /// <param name="path">log.jsonl of a run.</param>
    /// <returns>In order of the steps. A step that was done again, after a kill took it back, is there once: as it was done last.</returns>
    public static DataFrame Read(string path)
    {
        var steps = new SortedDictionary<int, Dictionary<string, double>>();
        foreach (var line in File.ReadLines(path))
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.GetProperty("event").GetString() != "step") continue;
            steps[entry.RootElement.GetProperty("step").GetInt32()] = entry.RootElement.EnumerateObject()
                .Where(field => field.Value.ValueKind == JsonValueKind.Number).ToDictionary(field => field.Name, field => field.Value.GetDouble());
        }
        return new DataFrame(steps.Values.SelectMany(step => step.Keys).Distinct()
            .Select(name => new DoubleDataFrameColumn(name, steps.Values.Select(step => step.TryGetValue(name, out var value) ? value : (double?)null))));
    }

    /// <summary>Fingerprint of the frames that a run was last trained on.</summary>
    /// <param name="path">The log of the run.</param>
    /// <returns>Null where it is not known.</returns>
    public static string? FramesOf(string path)
    {
        const string Start = "{\"event\":\"start\"";
        if (!File.Exists(path) || File.ReadLines(path).LastOrDefault(line => line.StartsWith(Start, StringComparison.Ordinal)) is not { } line) return null;
        using var entry = JsonDocument.Parse(line);
        return entry.RootElement.TryGetProperty("frames", out var frames) ? frames.GetString() : null;
    }

    /// <summary>Writes one event.</summary>
    /// <param name="kind">start, step, checkpoint or end.</param>
    /// <param name="fields">Its values.</param>
    public void Write(string kind, params IEnumerable<(string Name, object? Value)> fields)
    {
        var line = new Dictionary<string, object?> { ["event"] = kind };
        foreach (var (name, value) in fields) line[name] = value;
        _writer.WriteLine(JsonSerializer.Serialize(line));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _writer.Dispose();
}
