using System.Text;
using Microsoft.DotNet.Interactive;

namespace PECHead.Kernel.Execution;

/// <summary>
/// Sends what is written to the console to the cell on whose behalf the thread runs; background tasks of a cell that has
/// ended still belong to it. Threads that belong to no cell write where the process writes.
/// </summary>
internal sealed class RoutedConsole(string name, TextWriter original) : TextWriter
{
    private static readonly Lock Installing = new();
    private static bool _installed;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Puts the writers and the reader in place, once in a process.</summary>
    public static void Install()
    {
        lock (Installing)
        {
            if (_installed) return;
            _installed = true;
            Console.SetOut(new RoutedConsole("stdout", Console.Out));
            Console.SetError(new RoutedConsole("stderr", Console.Error));
            Console.SetIn(new RoutedInput(Console.In));
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write($"{value}{NewLine}".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (KernelInvocationContext.Current is { } cell) cell.Streams.Write(name, buffer);
        else original.Write(buffer);
    }

    public override void Flush() => KernelInvocationContext.Current?.Streams.Flush();

    private sealed class RoutedInput(TextReader original) : TextReader
    {
        public override string? ReadLine()
            => KernelInvocationContext.Current is { } cell ? cell.ReadInput("", password: false) : original.ReadLine();

        public override int Read() => throw new NotSupportedException("A notebook is asked for whole lines: use Console.ReadLine().");
    }
}
