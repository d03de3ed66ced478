namespace PECHead.Research.Data;

/// <summary>A held-out clip that drives: its own first frame, unless another source is given, by its later frames, in the order of time.</summary>
/// <param name="Clip">The driving clip.</param>
/// <param name="Driving">Indices of the driving frames in the store.</param>
/// <remarks><b>Paper:</b> FOMM's reconstruction protocol. <b>Choice:</b> a stride above 1 drives with every so many-th frame only.</remarks>
public sealed record DrivenClip(StoredClip Clip, IReadOnlyList<int> Driving)
{
    /// <summary>Index of the source frame in the store.</summary>
    public int Source { get; init; } = Clip.First;

    /// <summary>The clips of a split.</summary>
    /// <param name="index">The store's index.</param>
    /// <param name="split">Usually <see cref="Split.Test"/>.</param>
    /// <param name="stride">Frames from one driving frame to the next, at least 1.</param>
    /// <returns>Clips of at least two frames.</returns>
    /// <exception cref="DataException">The split has no clip of two frames.</exception>
    public static IReadOnlyList<DrivenClip> Of(FrameStoreIndex index, Split split = Split.Test, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        DrivenClip[] clips =
        [
            .. index.Of(split).Where(clip => clip.Count > 1).Select(clip => new DrivenClip(
                clip, [.. Enumerable.Range(0, (clip.Count - 2 + stride) / stride).Select(i => clip.First + Math.Min(clip.Count - 1, (i + 1) * stride))])),
        ];
        return clips.Length > 0 ? clips : throw new DataException(
            $"the data set {index.Dataset} has no {(split == Split.Test ? "held-out clips to test with" : $"clips in the split {split}")}", null,
            "Prepare it with longer videos, with some of them in a folder 'test' beside a folder 'train', or with a manifest that gives clips this split.");
    }
}
