using System.Diagnostics;
using System.Text;

namespace PECHead.Kernel.Protocol;

/// <summary>Reads both standard streams of a kernel process: native text for the running cell, and the last words of a crash.</summary>
internal sealed class NativeOutput
{
    private const int KeptErrors = 2000;

    private readonly StringBuilder _errors = new();
    private readonly Dictionary<string, int> _marks = [];
    private readonly Thread[] _threads;

    public NativeOutput(Process process, Action<string, string> stream)
    {
        _threads =
        [
            Start(process.StandardOutput.BaseStream, text => stream("stdout", text)),
            Start(process.StandardError.BaseStream, text =>
            {
                Keep(text);
                stream("stderr", text);
            }),
        ];
    }

    /// <summary>Waits until both streams have come to the end of a cell.</summary>
    public void Wait(string id, TimeSpan patience)
    {
        lock (_marks)
        {
            while (_marks.GetValueOrDefault(id) < 2 && Monitor.Wait(_marks, patience))
            {
            }
            _marks.Remove(id);
        }
    }

    /// <summary>What a process that has ended wrote last.</summary>
    public IReadOnlyList<string> LastErrors()
    {
        foreach (var thread in _threads) thread.Join();
        lock (_errors) return [.. _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private Thread Start(Stream source, Action<string> text)
    {
        var thread = new Thread(() => Read(source, new NativeText(text, Marked))) { IsBackground = true, Name = "native output" };
        thread.Start();
        return thread;
    }

    private static void Read(Stream source, NativeText text)
    {
        var buffer = new byte[8192];
        try
        {
            while (source.Read(buffer) is var count and > 0) text.Add(buffer.AsSpan(0, count));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The process is gone, and nobody wants the rest.
        }
    }

    private void Marked(string id)
    {
        lock (_marks)
        {
            _marks[id] = _marks.GetValueOrDefault(id) + 1;
            Monitor.PulseAll(_marks);
        }
    }

    private void Keep(string text)
    {
        lock (_errors)
        {
            if (_errors.Length < KeptErrors) _errors.Append(text.AsSpan(0, Math.Min(text.Length, KeptErrors - _errors.Length)));
        }
    }
}
