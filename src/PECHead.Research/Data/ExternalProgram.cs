using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace PECHead.Research.Data;

/// <summary>A child process with piped streams whose error text is kept, bounded, for messages.</summary>
internal sealed class ExternalProgram : IDisposable
{
    private const int KeptErrorCharacters = 4000;
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ExternalProgram(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The first error lines; complete once <see cref="WaitForExit"/> has returned.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString().Trim();
        }
    }

    /// <exception cref="DataException">The program is not there or may not be run.</exception>
    public static ExternalProgram Start(string program, IEnumerable<string> arguments, string remedy, string? folder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return new ExternalProgram(Process.Start(start) ?? throw new DataException($"{program} did not start", null, remedy));
        }
        catch (Win32Exception failure)
        {
            throw new DataException($"the program {program} could not be started ({failure.Message})", null, remedy, failure);
        }
    }

    /// <summary>Runs to the end and returns the exit code with what was written to standard output.</summary>
    public static (int ExitCode, string Output, string Errors) Run(
        string program, IEnumerable<string> arguments, string remedy, string? folder = null, TimeSpan? timeout = null,
        CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        using var running = Start(program, arguments, remedy, folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (timeout is { } limit)
            deadline.CancelAfter(limit);
        using var killing = deadline.Token.Register(running.Kill);
        running._process.StandardInput.Close();
        var output = running._process.StandardOutput.ReadToEnd();
        var code = running.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (deadline.IsCancellationRequested)
            throw new DataException($"{program} did not finish within {timeout}", null, remedy);
        return (code, output, running.Errors);
    }

    /// <summary>Waits for the end of the process and of its error text.</summary>
    /// <exception cref="OperationCanceledException">It was told to stop. A terminal's Ctrl-C and a scheduler's warning reach it as they reach this program.</exception>
    public int WaitForExit()
    {
        const int StoppedFfmpeg = 255, Interrupted = 128 + 2, Terminated = 128 + 15;
        _process.WaitForExit();
        return _process.ExitCode is StoppedFfmpeg or Interrupted or Terminated
            ? throw new OperationCanceledException($"{_process.StartInfo.FileName} was told to stop.")
            : _process.ExitCode;
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself: nothing is left to stop.
        }
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            if (!string.IsNullOrWhiteSpace(line) && _errors.Length + line.Length < KeptErrorCharacters)
                _errors.AppendLine(line);
        }
    }
}
