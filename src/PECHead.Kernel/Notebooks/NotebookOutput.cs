using System.Text;
using System.Text.Json.Nodes;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Protocol;

namespace PECHead.Kernel.Notebooks;

/// <summary>Gathers the output of one cell in the form of the file format.</summary>
/// <param name="displayed">What cells of this run have displayed, by id: a later cell may update it.</param>
/// <param name="executionCount">Number of the cell in this run.</param>
internal sealed class NotebookOutput(Dictionary<string, JsonObject> displayed, int executionCount) : CellOutput
{
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _outputs = [];
    private readonly Dictionary<JsonObject, StringBuilder> _streams = [];

    public JsonArray Complete()
    {
        lock (_gate)
        {
            foreach (var (output, text) in _streams) output["text"] = NotebookJson.Lines(text.ToString());
            return new JsonArray([.. _outputs]);
        }
    }

    public override void Stream(string name, string text)
    {
        lock (_gate)
        {
            // Native text comes on a thread of its own: one block for each stream where they would alternate, as front ends join them.
            var last = _outputs.LastOrDefault();
            if (last is null || !_streams.ContainsKey(last) || (string?)last["name"] != name)
            {
                last = new JsonObject { ["output_type"] = "stream", ["name"] = name };
                _outputs.Add(last);
                _streams.Add(last, new StringBuilder());
            }
            _streams[last].Append(text);
        }
    }

    public override void Display(string displayId, MimeBundle data)
    {
        lock (_gate)
        {
            var output = new JsonObject { ["output_type"] = "display_data", ["data"] = Data(data), ["metadata"] = new JsonObject() };
            displayed[displayId] = output;
            _outputs.Add(output);
        }
    }

    public override void Update(string displayId, MimeBundle data)
    {
        lock (_gate)
        {
            if (displayed.TryGetValue(displayId, out var output)) output["data"] = Data(data);
        }
    }

    public override void Value(MimeBundle data)
    {
        lock (_gate)
            _outputs.Add(new JsonObject { ["output_type"] = "execute_result", ["execution_count"] = executionCount, ["data"] = Data(data), ["metadata"] = new JsonObject() });
    }

    public override string ReadInput(string prompt, bool password, CancellationToken cancellation)
        => throw new InvalidOperationException("A notebook that runs by itself has nobody to ask: give the value in a cell.");

    public void Error(CellError error)
    {
        lock (_gate)
        {
            _outputs.Add(new JsonObject
            {
                ["output_type"] = "error",
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["traceback"] = new JsonArray([.. error.Trace.Select(line => (JsonNode)line)]),
            });
        }
    }

    private static JsonObject Data(MimeBundle data)
    {
        var json = MimeJson.From(data);
        foreach (var (mimeType, content) in data.Formats)
        {
            if (mimeType.StartsWith("text/", StringComparison.Ordinal) || mimeType is "image/svg+xml" or "application/javascript") json[mimeType] = NotebookJson.Lines(content);
        }
        return json;
    }
}
