using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using PECHead.Kernel.Notebooks;

namespace PECHead.Kernel.Engine;

/// <summary>
/// .NET Interactive in a process of its own, one command or event in JSON a line: what the cells do to it, crashes included, they do to
/// that process only. One call at a time, except <see cref="Interrupt"/> and <see cref="Kill"/>.
/// </summary>
public sealed class KernelProcess : IDisposable
{
    private const int KeptErrors = 20;

    private readonly Process _process;
    private readonly BlockingCollection<JsonObject?> _events = [];
    private readonly Queue<string> _lastErrors = [];
    private readonly Thread[] _readers;
    private volatile NotebookOutput? _output;
    private int _sent;

    private KernelProcess(string folder)
    {
        _process = InteractiveTool.Start(folder);
        _readers = [Read(_process.StandardOutput, Receive), Read(_process.StandardError, Error)];
        new Thread(() =>
        {
            foreach (var reader in _readers) reader.Join();
            _events.Add(null);
        })
        { IsBackground = true, Name = "kernel end" }.Start();
    }

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it is gone; start another then.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a kernel and waits until it takes cells.</summary>
    /// <param name="folder">The folder of the notebook, where relative paths start.</param>
    /// <exception cref="IOException">It did not start.</exception>
    public static KernelProcess Start(string folder)
    {
        var kernel = new KernelProcess(folder);
        while (kernel._events.Take() is { } message)
        {
            if ((string?)message["eventType"] == "KernelReady") return kernel;
        }
        var error = kernel.Death();
        kernel.Dispose();
        throw new IOException($"the kernel did not start: {string.Join(' ', error.Trace)}");
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <param name="code">C#, with directives of .NET Interactive.</param>
    /// <param name="output">Gets what the cell puts out.</param>
    /// <returns>Why it failed, or null; a crash of the process is an error named <see cref="CellError.Died"/>.</returns>
    public CellError? Run(string code, NotebookOutput output)
    {
        _output = output;
        var token = Send("SubmitCode", new JsonObject { ["code"] = code });
        while (_events.Take() is { } message)
        {
            var ends = (string?)message["command"]?["token"] == token;
            switch ((string?)message["eventType"])
            {
                case "CommandSucceeded" when ends:
                    return null;
                case "CommandFailed" when ends:
                    return CellError.Parse((string?)message["event"]?["message"] ?? "");
                case { } type:
                    output.Take(type, message["event"] as JsonObject ?? []);
                    break;
            }
        }
        return Death();
    }

    /// <summary>Cancels the token of the running cell; a library that looks at it ends, and the variables stay.</summary>
    public void Interrupt() => Send("Cancel", []);

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

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Send(string command, JsonObject fields)
    {
        var token = $"cell-{Interlocked.Increment(ref _sent)}";
        try
        {
            _process.StandardInput.WriteLine(new JsonObject { ["commandType"] = command, ["token"] = token, ["command"] = fields }.ToJsonString());
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Its end is noticed where its events are read.
        }
        return token;
    }

    private static Thread Read(StreamReader source, Action<string> receive)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (source.ReadLine() is { } line) receive(line);
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                // The process is gone, and nobody wants the rest.
            }
        })
        { IsBackground = true, Name = "kernel output" };
        thread.Start();
        return thread;
    }

    private void Receive(string line)
    {
        JsonObject? message = null;
        try
        {
            if (line.StartsWith('{')) message = JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            // Text of the cell's own that looks like a message.
        }
        if (message?["eventType"] is not null) _events.Add(message);
        else _output?.Stream("stdout", line + "\n");
    }

    private void Error(string line)
    {
        lock (_lastErrors)
        {
            _lastErrors.Enqueue(line);
            if (_lastErrors.Count > KeptErrors) _lastErrors.Dequeue();
        }
        _output?.Stream("stderr", line + "\n");
    }

    private CellError Death()
    {
        _process.WaitForExit();
        var reason = ProcessEnd.Describe(_process.ExitCode);
        lock (_lastErrors)
            return new CellError(CellError.Died, reason, [$"{CellError.Died}: the kernel's process {reason}. All variables are lost; the next run starts a new one.", .. _lastErrors]);
    }
}
