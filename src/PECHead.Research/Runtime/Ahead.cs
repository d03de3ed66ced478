using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace PECHead.Research.Runtime;

/// <summary>Puts a step of a sequence on a thread of its own.</summary>
internal static class Ahead
{
    /// <summary>Enumerates on a thread of its own, ahead of the caller. Steps that follow each other become a pipeline: each works on another item.</summary>
    /// <param name="items">The sequence, with all steps in front of it that have no thread of their own.</param>
    /// <param name="most">How many items may wait.</param>
    /// <param name="free">Frees an item that nobody took; null where there is nothing to free.</param>
    /// <returns>
    /// The same items in the same order. What the sequence throws is thrown here, behind the items in front of it. Ending the enumeration early
    /// ends that of the sequence, on its thread, before it returns.
    /// </returns>
    public static IEnumerable<T> RunAhead<T>(this IEnumerable<T> items, int most, Action<T>? free = null)
    {
        using var stop = new CancellationTokenSource();
        using var waiting = new BlockingCollection<T>(most);
        ExceptionDispatchInfo? failure = null;
        var whole = ThreadShare.Whole;
        var thread = new Thread(() =>
        {
            try
            {
                // The other half is left to the steps beside it.
                using var share = ThreadShare.Take(whole / 2);
                foreach (var item in items)
                {
                    if (Add(item)) continue;
                    free?.Invoke(item);
                    return;
                }
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
            finally
            {
                waiting.CompleteAdding();
            }
        })
        { IsBackground = true };
        thread.Start();
        try
        {
            foreach (var item in waiting.GetConsumingEnumerable()) yield return item;
            failure?.Throw();
        }
        finally
        {
            stop.Cancel();
            thread.Join();
            while (waiting.TryTake(out var left)) free?.Invoke(left);
        }

        bool Add(T item)
        {
            try
            {
                waiting.Add(item, stop.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
