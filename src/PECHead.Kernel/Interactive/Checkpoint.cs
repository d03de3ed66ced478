using System.Runtime.CompilerServices;

namespace Microsoft.DotNet.Interactive;

/// <summary>
/// Where loops and functions of cells notice that they are to stop. The compiler's input gets a call at the start of each loop body
/// and of each function; a cell need not call it itself.
/// </summary>
public static class Checkpoint
{
    private static volatile bool _raised;

    /// <summary>Costs a read of a field unless some cell is being stopped.</summary>
    /// <exception cref="OperationCanceledException">The caller's cell is being stopped.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pass()
    {
        if (_raised) Look();
    }

    internal static void Raise() => _raised = true;

    /// <summary>Until then tasks of the stopped cell stop as well.</summary>
    internal static void Lower() => _raised = false;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Look()
    {
        // Not the token: cancelling it may still be under way.
        if (KernelInvocationContext.Current is { IsStopping: true } cell) throw new OperationCanceledException("The cell was interrupted.", cell.CancellationToken);
    }
}
