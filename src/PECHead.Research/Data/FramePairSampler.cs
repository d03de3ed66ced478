namespace PECHead.Research.Data;

/// <summary>Two frames of one person.</summary>
/// <param name="Source">Index of the frame that gives the appearance.</param>
/// <param name="Driving">Index of the frame that gives the motion, and that is to be generated.</param>
public readonly record struct FramePair(int Source, int Driving);

/// <summary>From where the two frames of a pair come.</summary>
public enum PairScope
{
    /// <summary>From one clip: the same place, light and camera.</summary>
    Clip,

    /// <summary>From any two clips of one identity.</summary>
    Identity,
}

/// <summary>How training pairs are drawn.</summary>
public sealed record FramePairSamplerOptions
{
    /// <summary>From where the two frames come.</summary>
    /// <remarks><b>Paper:</b> FOMM draws both from one video.</remarks>
    public PairScope Scope { get; init; } = PairScope.Clip;

    /// <summary>Whether half of the pairs run backwards in time; otherwise the source is never later than the driving frame.</summary>
    /// <remarks><b>Paper:</b> FOMM sorts the two frames by time, then flips time with probability 0.5.</remarks>
    public bool TimeFlip { get; init; } = true;

    /// <summary>Frames that follow each of the two, itself included, and that must lie in the same clip; shorter clips are drawn from their start.</summary>
    public int Length { get; init; } = 1;

    /// <summary>Whether a frame may begin a sample; null: every frame.</summary>
    /// <remarks><b>Choice:</b> a pair with another frame is drawn again, a few dozen times; a clip without any usable frame keeps the last draw.</remarks>
    public Func<int, bool>? Usable { get; init; }
}

/// <summary>
/// Draws training pairs: an identity, one of its clips, then two frames with replacement, each uniformly. The pairs of a
/// step are a function of the seed and the step alone, so a resumed run needs only its step number.
/// </summary>
/// <remarks><b>Paper:</b> FOMM, data protocol with identity sampling: every person weighs the same, whatever the length of his clips.</remarks>
public sealed class FramePairSampler
{
    private const int Attempts = 32;

    private readonly long _seed;
    private readonly FramePairSamplerOptions _options;
    private readonly StoredClip[][] _identities;

    /// <summary>Prepares to draw from a split.</summary>
    /// <param name="index">The store's index.</param>
    /// <param name="split">Which clips.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="DataException">The split is empty.</exception>
    public FramePairSampler(FrameStoreIndex index, Split split, long seed, FramePairSamplerOptions? options = null)
    {
        (_seed, _options) = (seed, options ?? new FramePairSamplerOptions());
        _identities = [.. index.Of(split).GroupBy(clip => clip.Identity).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.ToArray())];
        if (_identities.Length == 0)
            throw new DataException($"the data set {index.Dataset} has no clips in the split {split}", null, "Give some clips that split in the manifest.");
    }

    /// <summary>Number of different people.</summary>
    public int IdentityCount => _identities.Length;

    /// <summary>Draws the pairs of a step. Safe from several threads at once.</summary>
    /// <param name="step">Number of the training step, from 0.</param>
    /// <param name="pairs">Receives the batch.</param>
    public void Draw(long step, Span<FramePair> pairs)
    {
        for (var item = 0; item < pairs.Length; item++)
            pairs[item] = Draw(step, item);
    }

    /// <summary>Draws the pairs of a step as the two lists of frames that <see cref="FrameStore.CopyFrames"/> takes.</summary>
    /// <param name="step">Number of the training step, from 0.</param>
    /// <param name="source">Receives the source frames.</param>
    /// <param name="driving">Receives the driving frames; as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    public void Draw(long step, Span<int> source, Span<int> driving)
    {
        if (source.Length != driving.Length)
            throw new ArgumentException($"source has {source.Length} places, driving {driving.Length}", nameof(driving));
        for (var item = 0; item < source.Length; item++)
            (source[item], driving[item]) = Draw(step, item);
    }

    private FramePair Draw(long step, int item)
    {
        var random = new StepRandom(_seed, step, item);
        var clips = _identities[random.Next(_identities.Length)];
        var one = clips[random.Next(clips.Length)];
        var other = _options.Scope == PairScope.Clip ? one : clips[random.Next(clips.Length)];
        var (a, b) = (one.First + random.Next(Starts(one)), other.First + random.Next(Starts(other)));
        for (var attempt = 0; attempt < Attempts && _options.Usable is { } usable && !(usable(a) && usable(b)); attempt++)
            (a, b) = (one.First + random.Next(Starts(one)), other.First + random.Next(Starts(other)));
        // Two draws with replacement come in either order equally often: left as drawn, time is flipped in half of them.
        return _options.TimeFlip || a <= b ? new FramePair(a, b) : new FramePair(b, a);
    }

    private int Starts(StoredClip clip) => Math.Max(1, clip.Count - _options.Length + 1);
}
