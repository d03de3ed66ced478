using PECHead.Kernel.Execution;

namespace PECHead.Kernel.Cells;

/// <summary>One run of a cell, from the moment it is asked for: it can be interrupted before it starts as well.</summary>
/// <param name="cell">What to run.</param>
/// <param name="output">Where its output goes.</param>
public sealed class CellExecution(Cell cell, CellOutput output) : IDisposable
{
    /// <summary>What to run.</summary>
    public Cell Cell { get; } = cell;

    internal OutputStreams Streams { get; } = new(output);

    internal CellThread Thread { get; } = new();

    /// <summary>Stops the cell: waits end at once, loops within half a second, native calls when they return. Variables keep their values.</summary>
    public void Interrupt() => Thread.Stop();

    /// <summary>Sends the remaining console text. Output of background tasks that outlive the cell still gets through.</summary>
    public void Dispose()
    {
        Thread.Dispose();
        Streams.Flush();
    }
}
