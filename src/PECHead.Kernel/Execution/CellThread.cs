using System.Runtime;
using System.Runtime.ExceptionServices;
using Microsoft.DotNet.Interactive;

namespace PECHead.Kernel.Execution;

/// <summary>
/// One thread for one cell, which can be stopped: at first by its token, by the checks in its loops and by interrupting whatever it waits
/// for; asked again, by aborting it wherever it is in managed code.
/// </summary>
/// <remarks>
/// <b>Choice:</b> aborting comes second because it may end the whole process (see <see cref="Compilation.LoopChecks"/>); it is for library
/// code that computes without end. A fresh thread each time, because a thread can be aborted once only. Native code hears neither: it
/// has to return first.
/// </remarks>
internal sealed class CellThread : IDisposable
{
    private const int StackBytes = 16 << 20;
    private static readonly TimeSpan BetweenNudges = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _gate = new();
    private Thread? _thread;
    private int _stops;
    private bool _ended;

    /// <summary>Cancelled by the first <see cref="Stop"/>.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>Whether <see cref="Stop"/> was called while it ran, or before.</summary>
    public bool IsStopping
    {
        get
        {
            lock (_gate) return _stops > 0;
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
            if (_stops > 0) throw new OperationCanceledException(Token);
            Checkpoint.Lower();
            _thread = thread;
            thread.Start();
        }
        thread.Join();
        lock (_gate) _ended = true;
        if (failure is null) return;
        if (IsStopping) throw new OperationCanceledException("The cell was interrupted.", failure, Token);
        ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Asks the cell to end and sees to it; the second call aborts it. Returns at once, from any thread.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_ended || ++_stops > 2) return;
            // Aborting returns only when it is done, hence never if the cell sits in native code.
            new Thread(_stops == 1 ? Press : _abort.Cancel) { Name = "stop", IsBackground = true }.Start();
        }
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
        // And not on the pool, which the cell may keep busy.
        new Thread(_asked.Cancel) { Name = "cancel", IsBackground = true }.Start();
        while (Nudge()) Thread.Sleep(BetweenNudges);
    }

    private bool Nudge()
    {
        lock (_gate)
        {
            if (_ended) return false;
            Checkpoint.Raise();
            // A wait inside a catch-all loop needs more than one.
            if (_thread is { IsAlive: true }) _thread.Interrupt();
            return true;
        }
    }
}
