using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Completion;
using PECHead.Kernel.Protocol;

namespace PECHead.Kernel.Host;

/// <summary>
/// Reads requests and answers them. The reading thread never waits for a cell: an interrupt must get through, and the end of the pipe
/// must end the process whatever the cell does.
/// </summary>
internal sealed class KernelServer(Stream input, Stream output)
{
    private const int ProtocolVersion = 1;

    private readonly ProtocolWriter _writer = new(output);
    private readonly InputAnswers _answers = new();
    private readonly BlockingCollection<Action> _work = [];
    private readonly KernelSession _session = new(Environment.CurrentDirectory);
    private volatile CellExecution? _latest;

    public void Run()
    {
        var owner = new Thread(Work) { Name = "cells", IsBackground = true };
        owner.Start();
        _work.Add(WarmUp);
        _writer.Send(new JsonObject { ["t"] = "ready", ["version"] = ProtocolVersion, ["ms"] = (DateTime.UtcNow - Process.GetCurrentProcess().StartTime.ToUniversalTime()).TotalMilliseconds });
        using var lines = new StreamReader(input);
        while (lines.ReadLine() is { } line)
        {
            if (!Handle(line)) break;
        }
        // Not an orderly exit: that would wait for whatever native call a cell sits in.
        Process.GetCurrentProcess().Kill();
    }

    private bool Handle(string line)
    {
        JsonObject? request;
        try
        {
            request = JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            request = null;
        }
        var id = Text(request, "id");
        switch (Text(request, "op"))
        {
            case "exec":
                var relay = new CellRelay(_writer, id, _answers);
                var execution = new CellExecution(new Cell(Text(request, "code"), Text(request, "name"), request?["silent"] is JsonValue flag && flag.TryGetValue<bool>(out var silent) && silent), relay);
                _latest = execution;
                _work.Add(() => Execute(execution, relay, id));
                break;
            case "complete" or "inspect" or "is_complete":
                _work.Add(() => Answer(request!, id));
                break;
            case "input":
                _answers.Add((string?)request!["text"], (string?)request["error"]);
                break;
            case "interrupt":
                _latest?.Interrupt();
                break;
            case "shutdown":
                return false;
            default:
                _writer.Send(new JsonObject { ["t"] = "refused", ["id"] = id, ["message"] = $"no such request: {(line.Length > 100 ? line[..100] : line)}" });
                break;
        }
        return true;
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work();
    }

    /// <summary>The compiler's own start is a second the first cell would wait for.</summary>
    private void WarmUp()
    {
        using var execution = new CellExecution(new Cell("new[] { 1 }.Select(x => x).Sum()", "start", Silent: true), new CellRelay(_writer, "start", _answers));
        _session.Run(execution);
    }

    private void Execute(CellExecution execution, CellRelay relay, string id)
    {
        var result = _session.Run(execution);
        execution.Dispose();
        if (result.Error is { } error) relay.Error(error);
        StandardStreams.EndCell(id);
        relay.Done(result);
        if (_work.Count == 0) _session.Collect();
    }

    private void Answer(JsonObject request, string id)
    {
        var answer = new JsonObject { ["t"] = "result", ["id"] = id };
        try
        {
            var code = Text(request, "code");
            var position = CursorPosition.ToUnits(code, request["pos"]?.GetValue<int>() ?? code.Length);
            switch (Text(request, "op"))
            {
                case "complete":
                    var list = _session.Complete(code, position);
                    answer["start"] = CursorPosition.ToCharacters(code, list.Start);
                    answer["end"] = CursorPosition.ToCharacters(code, list.End);
                    answer["items"] = new JsonArray([.. list.Items.Select(item => (JsonNode)new JsonObject { ["text"] = item.Text, ["kind"] = item.Kind })]);
                    break;
                case "inspect":
                    answer["text"] = _session.Inspect(code, position);
                    break;
                default:
                    answer["completeness"] = KernelSession.IsComplete(code).ToString().ToLowerInvariant();
                    break;
            }
        }
        catch (Exception failure)
        {
            // A question about half-written code must never cost the kernel.
            answer["error"] = failure.Message;
        }
        _writer.Send(answer);
    }

    private static string Text(JsonObject? request, string name) => request?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
