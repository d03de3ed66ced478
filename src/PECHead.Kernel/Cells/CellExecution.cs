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

    /// <summary>
    /// Stops the cell: waits and loops of the cell end at once, and variables keep their values. Called a second time it aborts library code
    /// that computes on, which may end the process. Native calls have to return first.
    /// </summary>
    public void Interrupt() => Thread.Stop();

    /// <summary>Sends the remaining console text. Output of background tasks that outlive the cell still gets through.</summary>
    public void Dispose()
    {
        Thread.Dispose();
        Streams.Flush();
    }
}
