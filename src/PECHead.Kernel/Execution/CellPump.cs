using System.Collections.Concurrent;

namespace PECHead.Kernel.Execution;

/// <summary>
/// Brings the continuations of <c>await</c> back to the cell's own thread, the only one that an interrupt reaches.
/// </summary>
internal sealed class CellPump : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _work.Add((d, state));
        }
        catch (Exception failure) when (failure is ObjectDisposedException or InvalidOperationException)
        {
            // The cell was interrupted: what would have continued it is not wanted any more.
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Use Post: a cell continues asynchronously.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Works until the task ends; rethrows what ended it.</summary>
    public object? Complete(Task<object?> task)
    {
        task.ContinueWith(_ => Post(_ => { }, null), TaskScheduler.Default);
        while (!task.IsCompleted)
        {
            var (callback, state) = _work.Take();
            callback(state);
        }
        return task.GetAwaiter().GetResult();
    }

    public void Dispose() => _work.Dispose();
}
