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
        var whole = ThreadShare.Whole;
        var workers = device.type == DeviceType.CPU ? Math.Min(whole, MostWorkers) : 1;
        var begun = new Queue<Task<TResult>>();
        using var left = items.GetEnumerator();
        ExceptionDispatchInfo? failure = null;
        try
        {
            while (Next())
            {
                var item = left.Current;
                begun.Enqueue(Task.Run(() =>
                {
                    using var share = ThreadShare.Take(workers == 1 ? whole : 1);
                    return work(item);
                }));
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
}
