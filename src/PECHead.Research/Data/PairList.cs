namespace PECHead.Research.Data;

/// <summary>A fixed list of pairs to evaluate on, the same in every run.</summary>
/// <remarks>
/// <b>Paper:</b> FOMM's reconstruction protocol: the first frame of each test clip is the source and drives itself with the
/// clip's other frames. <b>Choice:</b> with a limit, driving frames are spaced evenly over each clip instead of all taken,
/// and the list is shuffled once, so that its beginning is a fair sample of the whole.
/// </remarks>
public sealed class PairList
{
    private PairList(IReadOnlyList<FramePair> pairs) => Pairs = pairs;

    /// <summary>The pairs, in a fixed order.</summary>
    public IReadOnlyList<FramePair> Pairs { get; }

    /// <summary>Source frames, in the order of the pairs.</summary>
    /// <returns>Indices into the store.</returns>
    public int[] Sources() => [.. Pairs.Select(pair => pair.Source)];

    /// <summary>Driving frames, in the order of the pairs.</summary>
    /// <returns>Indices into the store.</returns>
    public int[] Drivings() => [.. Pairs.Select(pair => pair.Driving)];

    /// <summary>Reconstruction pairs of a split.</summary>
    /// <param name="index">The store's index.</param>
    /// <param name="split">Usually <see cref="Split.Test"/>.</param>
    /// <param name="pairsPerClip">At most so many of each clip, evenly spaced, the last frame included; null: all.</param>
    /// <param name="seed">Order of the list.</param>
    /// <returns>Every driving frame once; a clip of one frame is paired with itself.</returns>
    /// <exception cref="DataException">The split is empty.</exception>
    public static PairList Reconstruction(FrameStoreIndex index, Split split = Split.Test, int? pairsPerClip = null, long seed = 0)
    {
        if (pairsPerClip is { } limit)
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(pairsPerClip));
        var pairs = index.Of(split).SelectMany(clip => Of(clip, pairsPerClip)).ToArray();
        if (pairs.Length == 0)
            throw new DataException($"the data set {index.Dataset} has no clips in the split {split}", null, "Give some clips that split in the manifest.");
        new StepRandom(seed, 0, 0).Shuffle<FramePair>(pairs);
        return new PairList(pairs);
    }

    /// <summary>The first pairs of the list.</summary>
    /// <param name="count">How many; fewer when the list is shorter.</param>
    /// <returns>A shorter list.</returns>
    public PairList Take(int count) => new([.. Pairs.Take(count)]);

    /// <summary>Of each clip the pair whose two frames differ most: where there is most to see.</summary>
    /// <param name="store">The frames.</param>
    /// <param name="count">At most so many pairs, in the order of the clips.</param>
    /// <returns>A shorter list.</returns>
    public PairList MostDistant(FrameStore store, int count)
        => new([.. Pairs.GroupBy(pair => pair.Source).OrderBy(group => group.Key).Take(count).Select(group => group.MaxBy(pair => Distance(store, pair)))]);

    private static long Distance(FrameStore store, FramePair pair)
    {
        var bytes = new byte[2 * store.FrameBytes];
        store.CopyFrames([pair.Source, pair.Driving], bytes);
        var sum = 0L;
        for (var i = 0; i < store.FrameBytes; i++) sum += Math.Abs(bytes[i] - bytes[i + store.FrameBytes]);
        return sum;
    }

    private static IEnumerable<FramePair> Of(StoredClip clip, int? limit)
    {
        if (clip.Count == 1)
            return [new FramePair(clip.First, clip.First)];
        var others = clip.Count - 1;
        var count = Math.Min(limit ?? others, others);
        return Enumerable.Range(1, count).Select(i => new FramePair(clip.First, clip.First + (int)((long)i * others / count)));
    }
}
