namespace PECHead.Research.Acceleration;

/// <summary>Hands numbered pieces of work to threads.</summary>
internal static class DeformableWork
{
    /// <summary>Runs every piece once; each thread has scratch memory of its own.</summary>
    /// <param name="threads">Threads at most, the calling one among them.</param>
    /// <param name="pieces">How many pieces there are.</param>
    /// <param name="scratch">Elements of scratch memory that a piece needs.</param>
    /// <param name="piece">Given the piece's number and the memory.</param>
    public static void Share<T>(int threads, long pieces, long scratch, Action<long, DeformableMemory<T>> piece)
        where T : unmanaged
    {
        long next = -1;
        void Work(int worker)
        {
            using var memory = new DeformableMemory<T>(scratch);
            for (long i = Interlocked.Increment(ref next); i < pieces; i = Interlocked.Increment(ref next)) piece(i, memory);
        }

        int workers = (int)Math.Min(threads, pieces);
        if (workers == 1)
            Work(0);
        else if (workers > 1)
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
    }
}
