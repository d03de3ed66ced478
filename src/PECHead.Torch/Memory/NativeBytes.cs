namespace PECHead.Torch.Memory;

/// <summary>
/// Tells the garbage collector about memory it cannot see. A managed tensor is a few dozen bytes that may own a
/// gigabyte: without this, code that forgets to dispose runs out of memory while the heap looks empty.
/// </summary>
/// <remarks>
/// <see cref="GC.AddMemoryPressure"/> is not used: a training step adds and removes gigabytes, and its heuristic then
/// collects every few milliseconds. Here a collection is forced only when the *live* native bytes have doubled since
/// the last one, so code that disposes never pays, and code that does not is held to about twice what it reaches.
/// </remarks>
internal static class NativeBytes
{
    private const long Floor = 512L << 20;

    private static readonly Lock Collecting = new();
    private static long s_live;
    private static long s_limit = Floor;

    /// <summary>Bytes of the storages that managed tensors own.</summary>
    internal static long Live => Interlocked.Read(ref s_live);

    internal static void Add(long bytes)
    {
        if (Interlocked.Add(ref s_live, bytes) > Volatile.Read(ref s_limit)) Collect();
    }

    internal static void Remove(long bytes) => Interlocked.Add(ref s_live, -bytes);

    private static void Collect()
    {
        if (!Collecting.TryEnter()) return;
        try
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Volatile.Write(ref s_limit, Math.Max(Floor, 2 * Live));
        }
        finally
        {
            Collecting.Exit();
        }
    }
}
