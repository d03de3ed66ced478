using System.Runtime;
using System.Runtime.ExceptionServices;

namespace PECHead.Kernel.Execution;

/// <summary>
/// One thread for one cell, which can be stopped: first by its token and by interrupting whatever it waits for, then, if that
/// changes nothing within a moment, by aborting it at the next instruction of managed code.
/// </summary>
/// <remarks>
/// <b>Choice:</b> a fresh thread each time, because a thread can be aborted once only. Native code is not interrupted: it has to
/// return first.
/// </remarks>
internal sealed class CellThread : IDisposable
{
    private const int StackBytes = 16 << 20;
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BetweenNudges = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _gate = new();
    private Thread? _thread;
    private bool _stopping;
    private bool _ended;

    /// <summary>Cancelled by the first <see cref="Stop"/>.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>Whether <see cref="Stop"/> was called while it ran, or before.</summary>
    public bool IsStopping
    {
        get
        {
            lock (_gate) return _stopping;
        }
    }

    /// <summary>Runs to the end on a thread of its own; rethrows what ended it. A cell that notices its token and ends well has ended well.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Body(action), StackBytes) { Name = "cell", IsBackground = true };
        lock (_gate)
        {
            if (_stopping) throw new OperationCanceledException(Token);
            _thread = thread;
            thread.Start();
        }
        thread.Join();
        lock (_gate) _ended = true;
        if (failure is null) return;
        if (IsStopping) throw new OperationCanceledException("The cell was interrupted.", failure, Token);
        ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Asks the cell to end and sees to it; returns at once, may be called again and from any thread.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_ended || _stopping) return;
            _stopping = true;
        }
        var helper = new Thread(Press) { Name = "stop", IsBackground = true };
        helper.Start();
    }

    public void Dispose()
    {
        lock (_gate) _ended = true;
    }

    private Exception? Body(Action action)
    {
        try
        {
#pragma warning disable SYSLIB0046 // Nothing else stops a loop that has no check in it; the process is the notebook's own.
            ControlledExecution.Run(action, _abort.Token);
#pragma warning restore SYSLIB0046
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private void Press()
    {
        // What the cell registered on its token may block or throw: it must not hold up the rest.
        _ = Task.Run(_asked.Cancel);
        var pressed = DateTime.UtcNow;
        var aborting = false;
        while (Nudge())
        {
            if (!aborting && DateTime.UtcNow - pressed > Grace)
            {
                aborting = true;
                // Returns only when the thread is aborted, hence never if it sits in native code.
                new Thread(_abort.Cancel) { Name = "abort", IsBackground = true }.Start();
            }
            Thread.Sleep(BetweenNudges);
        }
    }

    private bool Nudge()
    {
        lock (_gate)
        {
            if (_ended) return false;
            // A wait inside a catch-all loop needs more than one.
            if (_thread is { IsAlive: true }) _thread.Interrupt();
            return true;
        }
    }
}
