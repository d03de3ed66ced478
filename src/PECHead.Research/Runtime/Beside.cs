using System.Collections.Concurrent;
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
    /// <param name="items">Enumerated by one worker at a time, no farther ahead than there are workers.</param>
    /// <param name="device">On a GPU one worker is enough.</param>
    /// <param name="work">Called on several threads; its result is in no dispose scope.</param>
    /// <param name="cancellation">Stops between items.</param>
    /// <returns>Results in the order of the items.</returns>
    /// <remarks>What an item throws is thrown here.</remarks>
    public static IReadOnlyList<TResult> Work<T, TResult>(IEnumerable<T> items, Device device, Func<T, TResult> work, CancellationToken cancellation)
    {
        var threads = get_num_threads();
        var workers = device.type == DeviceType.CPU ? Math.Min(threads, MostWorkers) : 1;
        if (workers == 1) return [.. items.Select(work)];
        try
        {
            return [.. Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered().WithDegreeOfParallelism(workers).WithCancellation(cancellation).Select(item =>
            {
                // The number belongs to a thread, which goes back to the pool.
                set_num_threads(1);
                try
                {
                    return work(item);
                }
                finally
                {
                    set_num_threads(threads);
                }
            })];
        }
        catch (AggregateException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
            throw;
        }
    }
}
