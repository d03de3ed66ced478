using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json.Nodes;
using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Protocol;

/// <summary>
/// A kernel in a process of its own: what the cells do to it, crashes included, they do to that process only. One call at a time, except
/// <see cref="Interrupt"/> and <see cref="Kill"/>.
/// </summary>
public sealed class KernelProcess : IDisposable
{
    private static readonly Lock Starting = new();
    private static readonly TimeSpan MarkPatience = TimeSpan.FromSeconds(1);

    private readonly AnonymousPipeServerStream _toHost;
    private readonly AnonymousPipeServerStream _fromHost;
    private readonly ProtocolWriter _writer;
    private readonly Process _process;
    private readonly BlockingCollection<JsonObject> _answers = [];
    private readonly NativeOutput _native;
    private CellOutput? _output;
    private int _sent;

    private KernelProcess(string hostAssembly, string folder)
    {
        // A process that starts meanwhile would inherit the client handles and keep the pipes open.
        lock (Starting)
        {
            _toHost = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
            _fromHost = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
            _process = Process.Start(new ProcessStartInfo(Dotnet(), [hostAssembly, _toHost.GetClientHandleAsString(), _fromHost.GetClientHandleAsString()])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _toHost.DisposeLocalCopyOfClientHandle();
            _fromHost.DisposeLocalCopyOfClientHandle();
        }
        _process.StandardInput.Close();
        _writer = new ProtocolWriter(_toHost);
        _native = new NativeOutput(_process, (name, text) => _output?.Stream(name, text));
        new Thread(Read) { IsBackground = true, Name = "kernel messages" }.Start();
    }

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it is gone; start another then.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a kernel and waits until it takes cells.</summary>
    /// <param name="hostAssembly">Path of <c>pechead-kernel.dll</c>.</param>
    /// <param name="folder">The folder of the notebook, where relative paths start.</param>
    /// <exception cref="IOException">It did not start.</exception>
    public static KernelProcess Start(string hostAssembly, string folder)
    {
        var kernel = new KernelProcess(hostAssembly, folder);
        if ((string?)kernel._answers.Take()["t"] == "ready") return kernel;
        var error = kernel.Died();
        kernel.Dispose();
        throw new IOException($"the kernel did not start: {string.Join(' ', error.Trace)}");
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="output">Where its output goes.</param>
    /// <returns>How it ended; a crash of the process is an error of the cell named <c>KernelDied</c>.</returns>
    public CellResult Run(Cell cell, CellOutput output)
    {
        _output = output;
        var id = Send("exec", ("code", cell.Code), ("name", cell.Name), ("silent", cell.Silent));
        CellError? error = null;
        while (true)
        {
            var answer = _answers.Take();
            if ((string?)answer["t"] == "died") return new CellResult(CellStatus.Failed, Died(), default, default);
            if ((string?)answer["id"] != id) continue;
            if ((string?)answer["t"] == "error")
            {
                error = new CellError((string)answer["ename"]!, (string)answer["evalue"]!, [.. answer["traceback"]!.AsArray().Select(line => (string)line!)]);
            }
            else if ((string?)answer["t"] == "done")
            {
                _native.Wait(id, MarkPatience);
                return new CellResult(
                    Enum.Parse<CellStatus>((string)answer["status"]!), error, TimeSpan.FromMilliseconds((double)answer["compile_ms"]!), TimeSpan.FromMilliseconds((double)answer["run_ms"]!));
            }
        }
    }

    /// <summary>Stops the running cell as far as that can be done without the process; see <see cref="CellExecution.Interrupt"/>.</summary>
    public void Interrupt() => Send("interrupt");

    /// <summary>Ends the process whatever it does. Its state is lost.</summary>
    public void Kill()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself, or this object is disposed.
        }
    }

    /// <summary>Closes the pipes and sees that the process ends.</summary>
    public void Dispose()
    {
        Send("shutdown");
        _toHost.Dispose();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(2))) Kill();
        _process.WaitForExit();
        _fromHost.Dispose();
        _process.Dispose();
    }

    /// <summary>Asks about code: <c>complete</c>, <c>inspect</c>, <c>is_complete</c>.</summary>
    internal JsonObject Ask(string operation, string code, int position)
    {
        var id = Send(operation, ("code", code), ("pos", position));
        while (true)
        {
            var answer = _answers.Take();
            if ((string?)answer["id"] == id || (string?)answer["t"] == "died") return answer;
        }
    }

    /// <summary>Sends bytes that may be no message at all.</summary>
    internal void SendRaw(byte[] bytes)
    {
        _toHost.Write(bytes);
        _toHost.Flush();
    }

    private string Send(string operation, params (string Name, JsonNode? Value)[] fields)
    {
        var id = $"{Interlocked.Increment(ref _sent)}";
        var message = new JsonObject { ["op"] = operation, ["id"] = id };
        foreach (var (name, value) in fields) message[name] = value;
        _writer.Send(message);
        return id;
    }

    private void Read()
    {
        using var lines = new StreamReader(_fromHost);
        try
        {
            while (lines.ReadLine() is { } line)
            {
                if (JsonNode.Parse(line) is JsonObject message) Dispatch(message);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or System.Text.Json.JsonException)
        {
            // A kernel that dies may leave half a line.
        }
        _answers.Add(new JsonObject { ["t"] = "died" });
    }

    private void Dispatch(JsonObject message)
    {
        switch ((string?)message["t"])
        {
            case "stream":
                _output?.Stream((string)message["name"]!, (string)message["text"]!);
                break;
            case "display":
                _output?.Display((string)message["display_id"]!, MimeJson.To(message["data"]!.AsObject()));
                break;
            case "update":
                _output?.Update((string)message["display_id"]!, MimeJson.To(message["data"]!.AsObject()));
                break;
            case "value":
                _output?.Value(MimeJson.To(message["data"]!.AsObject()));
                break;
            case "input_request":
                _ = Task.Run(() => Answer((string)message["prompt"]!, (bool)message["password"]!));
                break;
            default:
                _answers.Add(message);
                break;
        }
    }

    private void Answer(string prompt, bool password)
    {
        try
        {
            Send("input", ("text", _output!.ReadInput(prompt, password, CancellationToken.None)));
        }
        catch (InvalidOperationException refused)
        {
            Send("input", ("error", refused.Message));
        }
    }

    /// <summary>The dotnet that runs this program: it need not be on the path.</summary>
    private static string Dotnet() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private CellError Died()
    {
        _process.WaitForExit();
        var reason = ProcessEnd.Describe(_process.ExitCode);
        return new CellError("KernelDied", reason, [$"KernelDied: the kernel's process {reason}. All variables are lost; the next run starts a new one.", .. _native.LastErrors()]);
    }
}
