using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Runtime;

/// <summary>Works on items of a sequence side by side.</summary>
internal static class Beside
{
    // Each has frames and activations of its own.
    private const int MostWorkers = 8;

    /// <summary>
    /// Small networks do not share a layer well: two threads on two items are faster than two on one. Each item is computed by one thread; together they are as
    /// many as libtorch would use.
    /// </summary>
    /// <param name="items">Enumerated by the caller's thread, no farther ahead than there are workers.</param>
    /// <param name="device">On a GPU one worker is enough.</param>
    /// <param name="work">Called on several threads; its result is in no dispose scope.</param>
    /// <param name="free">Frees a result that nobody took.</param>
    /// <returns>Results in the order of the items. What an item or the sequence throws is thrown in its place. No work is left when the enumeration ends.</returns>
    public static IEnumerable<TResult> SideBySide<T, TResult>(this IEnumerable<T> items, Device device, Func<T, TResult> work, Action<TResult> free)
    {
        var threads = get_num_threads();
        var workers = device.type == DeviceType.CPU ? Math.Min(threads, MostWorkers) : 1;
        var begun = new Queue<Task<TResult>>();
        using var left = items.GetEnumerator();
        ExceptionDispatchInfo? failure = null;
        try
        {
            while (Next())
            {
                var item = left.Current;
                begun.Enqueue(Task.Run(() => Alone(() => work(item), workers == 1 ? threads : 1, threads)));
                if (begun.Count >= workers) yield return begun.Dequeue().GetAwaiter().GetResult();
            }
            while (begun.TryDequeue(out var next)) yield return next.GetAwaiter().GetResult();
            failure?.Throw();
        }
        finally
        {
            foreach (var task in begun)
            {
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
                if (task.IsCompletedSuccessfully) free(task.Result);
            }
        }

        // A failure of the sequence comes behind the results of the items in front of it.
        bool Next()
        {
            try
            {
                return left.MoveNext();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
                return false;
            }
        }
    }

    /// <summary>Lets libtorch use so many threads for what the present thread asks of it.</summary>
    internal static void UseThreads(int count)
    {
        // At its first use a thread takes the number that any thread set last: that is to happen now, not after this one.
        _ = get_num_threads();
        set_num_threads(count);
    }

    // A thread goes back to the pool.
    private static TResult Alone<TResult>(Func<TResult> work, int wanted, int before)
    {
        UseThreads(wanted);
        try
        {
            return work();
        }
        finally
        {
            UseThreads(before);
        }
    }
}
