using static TorchSharp.torch;

namespace PECHead.Research.Runtime;

/// <summary>
/// Shares libtorch's threads among steps that run beside each other. Each step would otherwise use all of them, and they would wait for one another.
/// </summary>
internal static class ThreadShare
{
    private static readonly AsyncLocal<int> Known = new();

    // Whether a share of the present thread surrounds what it does.
    [ThreadStatic]
    private static bool _taken;

    /// <summary>How many threads there are to share, for whatever the present step is a part of.</summary>
    public static int Whole => Known.Value > 0 ? Known.Value : get_num_threads();

    /// <summary>Lets libtorch use so many threads for what the present thread asks of it, until the result is disposed on this thread.</summary>
    /// <param name="count">At least 1 is used.</param>
    public static IDisposable Take(int count)
    {
        // At its first use a thread takes the number that any thread set last: it is asked for now, so that this does not happen later.
        var share = new Share(Known.Value, _taken ? get_num_threads() : Whole);
        (_taken, Known.Value) = (true, Whole);
        _ = get_num_threads();
        set_num_threads(Math.Max(1, count));
        return share;
    }

    private sealed class Share(int known, int before) : IDisposable
    {
        private readonly bool _inner = _taken;

        public void Dispose()
        {
            set_num_threads(before);
            (_taken, Known.Value) = (_inner, known);
        }
    }
}
