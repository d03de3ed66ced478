namespace PECHead.Research.Runtime;

/// <summary>What stops a long call that was given no token of its own: in a notebook, the cell's Stop.</summary>
public static class AmbientCancellation
{
    /// <summary>Asked at the start of every long call for the token of whoever runs it; null: nobody is asked.</summary>
    public static Func<CancellationToken>? Source { get; set; }

    /// <summary>The token of the caller, or else of whoever runs it.</summary>
    internal static CancellationToken Or(CancellationToken given) => given.CanBeCanceled ? given : Source?.Invoke() ?? given;

    /// <summary>Ends a call that takes no token.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal static void ThrowIfStopped() => Source?.Invoke().ThrowIfCancellationRequested();
}
