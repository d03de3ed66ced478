using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PECHead.Kernel.Engine;

namespace PECHead.Kernel.Notebooks;

/// <summary>Turns the events of one cell into outputs of the file format.</summary>
/// <param name="displayed">What cells of this run have displayed, by id: a later cell may update it.</param>
/// <param name="executionCount">Number of the cell in this run.</param>
public sealed partial class NotebookOutput(IDictionary<string, JsonObject> displayed, int executionCount)
{
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _outputs = [];
    private readonly Dictionary<JsonObject, StringBuilder> _streams = [];

    /// <summary>The outputs so far, in the form of the file format.</summary>
    public JsonArray Complete()
    {
        lock (_gate)
        {
            foreach (var (output, text) in _streams) output["text"] = NotebookJson.Lines(text.ToString());
            return new JsonArray([.. _outputs]);
        }
    }

    /// <summary>Takes an event of the engine; those that show nothing are let go, warnings of the compiler among them.</summary>
    internal void Take(string type, JsonObject content)
    {
        var formats = content["formattedValues"]?.AsArray().Select(format => ((string)format!["mimeType"]!, (string)format["value"]!)).ToList() ?? [];
        if (formats.Count == 0) return;
        var id = (string?)content["valueId"];
        switch (type)
        {
            case "StandardOutputValueProduced":
                Stream("stdout", formats[0].Item2);
                break;
            case "StandardErrorValueProduced":
                Stream("stderr", formats[0].Item2);
                break;
            case "ReturnValueProduced":
                Add(id, new JsonObject { ["output_type"] = "execute_result", ["execution_count"] = executionCount, ["data"] = Data(formats), ["metadata"] = new JsonObject() });
                break;
            case "DisplayedValueProduced":
                Add(id, new JsonObject { ["output_type"] = "display_data", ["data"] = Data(formats), ["metadata"] = new JsonObject() });
                break;
            case "DisplayedValueUpdated" when id is not null && displayed.TryGetValue(id, out var shown):
                shown["data"] = Data(formats);
                break;
        }
    }

    internal void Stream(string name, string text)
    {
        lock (_gate)
        {
            var last = _outputs.LastOrDefault();
            if (last is null || !_streams.ContainsKey(last) || (string?)last["name"] != name)
            {
                last = new JsonObject { ["output_type"] = "stream", ["name"] = name };
                _outputs.Add(last);
                _streams.Add(last, new StringBuilder());
            }
            _streams[last].Append(text.ReplaceLineEndings("\n"));
        }
    }

    internal void Error(CellError error) => Add(null, new JsonObject
    {
        ["output_type"] = "error",
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Trace.Select(line => (JsonNode)line)]),
    });

    private void Add(string? id, JsonObject output)
    {
        lock (_gate) _outputs.Add(output);
        if (id is not null) displayed[id] = output;
    }

    private static JsonObject Data(List<(string MimeType, string Value)> formats)
    {
        var json = new JsonObject();
        foreach (var (mimeType, value) in formats)
        {
            json[mimeType] = mimeType switch
            {
                "text/html" => NotebookJson.Lines(Style().Replace(value, "").ReplaceLineEndings("\n")),
                "image/svg+xml" or "application/javascript" => NotebookJson.Lines(value),
                _ when mimeType.StartsWith("text/", StringComparison.Ordinal) => NotebookJson.Lines(value.ReplaceLineEndings("\n")),
                _ when mimeType.EndsWith("json", StringComparison.Ordinal) => JsonNode.Parse(value),
                _ => value,
            };
        }
        return json;
    }

    // .NET Interactive repeats its style sheet behind every value.
    [GeneratedRegex(@"<style>\s*\.dni-code-hint\b[^<]*</style>")]
    private static partial Regex Style();
}
