using System.Text.Json;

namespace PECHead.Research.Training;

/// <summary>Appends JSON lines to a run's log.</summary>
public sealed class RunLog : IDisposable
{
    private readonly StreamWriter _writer;

    /// <summary>Opens a log for appending.</summary>
    /// <param name="path">The file.</param>
    public RunLog(string path) => _writer = new StreamWriter(path, append: true) { AutoFlush = true };

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
