using System.Text.Json.Nodes;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Protocol;

namespace PECHead.Kernel.Host;

/// <summary>Output of one cell as messages with its id.</summary>
internal sealed class CellRelay(ProtocolWriter writer, string id, InputAnswers answers) : CellOutput
{
    public override void Stream(string name, string text) => Send("stream", ("name", name), ("text", text));

    public override void Display(string displayId, MimeBundle data) => Send("display", ("display_id", displayId), ("data", MimeJson.From(data)));

    public override void Update(string displayId, MimeBundle data) => Send("update", ("display_id", displayId), ("data", MimeJson.From(data)));

    public override void Value(MimeBundle data) => Send("value", ("data", MimeJson.From(data)));

    public override string ReadInput(string prompt, bool password, CancellationToken cancellation)
    {
        Send("input_request", ("prompt", prompt), ("password", password));
        return answers.Take(cancellation);
    }

    public void Error(CellError error)
        => Send("error", ("ename", error.Name), ("evalue", error.Message), ("traceback", new JsonArray([.. error.Trace.Select(line => (JsonNode)line)])));

    public void Done(CellResult result)
        => Send("done", ("status", result.Status.ToString()), ("compile_ms", result.Compiling.TotalMilliseconds), ("run_ms", result.Running.TotalMilliseconds));

    private void Send(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var message = new JsonObject { ["t"] = type, ["id"] = id };
        foreach (var (name, value) in fields) message[name] = value;
        writer.Send(message);
    }
}
