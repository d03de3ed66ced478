using PECHead.Kernel.Cells;
using PECHead.Kernel.Execution;

namespace Microsoft.DotNet.Interactive;

/// <summary>The cell on whose behalf the calling thread or task runs.</summary>
public sealed class KernelInvocationContext
{
    private static readonly AsyncLocal<KernelInvocationContext?> Flowing = new();

    private readonly CellThread _thread;

    private KernelInvocationContext(CellExecution execution) => (Streams, _thread) = (execution.Streams, execution.Thread);

    /// <summary>The cell that the caller belongs to, also after that cell has ended; null on a thread that no cell started.</summary>
    public static KernelInvocationContext? Current => Flowing.Value;

    /// <summary>Cancelled when the cell is interrupted. Long calls should take it, to end in good order.</summary>
    public CancellationToken CancellationToken => _thread.Token;

    internal bool IsStopping => _thread.IsStopping;

    internal OutputStreams Streams { get; }

    internal static KernelInvocationContext Required
        => Current ?? throw new InvalidOperationException("This thread belongs to no cell: display from the cell itself or from a task it started.");

    internal static void Enter(CellExecution execution) => Flowing.Value = new KernelInvocationContext(execution);

    internal string ReadInput(string prompt, bool password) => Streams.ReadInput(prompt, password, CancellationToken);
}
