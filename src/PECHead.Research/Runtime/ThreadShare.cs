using static TorchSharp.torch;

namespace PECHead.Research.Runtime;

/// <summary>
/// Shares libtorch's threads among steps that run beside each other. Each step would otherwise use all of them, and they would wait for one another.
/// </summary>
internal static class ThreadShare
{
    private static readonly AsyncLocal<int> Known = new();
    private static readonly Lock Setting = new();

    /// <summary>How many threads there are to share, for whatever the present step is a part of.</summary>
    public static int Whole => Known.Value > 0 ? Known.Value : get_num_threads();

    /// <summary>Lets libtorch use so many threads for what the present thread asks of it, until the result is disposed on this thread.</summary>
    /// <param name="count">At least 1 is used.</param>
    public static IDisposable Take(int count)
    {
        var share = new Share(Known.Value, get_num_threads());
        Known.Value = Whole;
        Set(Math.Max(1, count));
        return share;
    }

    // At its first use a thread takes the number that any thread set last: one of its own sets the whole again, so that no new thread takes a share for it.
    private static void Set(int count)
    {
        lock (Setting)
        {
            set_num_threads(count);
            if (count == Whole) return;
            var last = new Thread(whole => set_num_threads((int)whole!));
            last.Start(Whole);
            last.Join();
        }
    }

    private sealed class Share(int known, int before) : IDisposable
    {
        public void Dispose()
        {
            Set(before);
            Known.Value = known;
        }
    }
}
