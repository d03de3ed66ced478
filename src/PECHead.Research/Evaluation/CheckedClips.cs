using PECHead.Research.Data;
using PECHead.Research.Distribution;

namespace PECHead.Research.Evaluation;

/// <summary>The clips that can be measured: those whose frames, and the frames of their sources, still are what was prepared.</summary>
/// <param name="Whole">In their order.</param>
/// <param name="Damaged">What was left out: a clip of the store and who found it so; empty where all is well.</param>
/// <remarks>A frame store that was copied to a cluster's disks can lose bytes there. A number measured on them would be wrong, and nobody would see it.</remarks>
public sealed record CheckedClips(IReadOnlyList<DrivenClip> Whole, IReadOnlyList<string> Damaged)
{
    /// <summary>Reads all frames of the clips and compares their digests.</summary>
    /// <param name="store">The frames.</param>
    /// <param name="clips">At least one.</param>
    /// <param name="world">The ranks that share the reading; null: this process reads all.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="DataException">No clip is whole.</exception>
    public static CheckedClips Of(FrameStore store, IReadOnlyList<DrivenClip> clips, World? world = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(clips);
        var ranks = world ?? World.Alone;
        var stored = clips.SelectMany(clip => new[] { clip.Clip, store.Index.ClipOf(clip.Source) }).Distinct().ToList();
        var found = ranks.Exchange(stored.Where((_, i) => i % ranks.Size == ranks.Rank).Where(clip => !store.IsWhole(clip, cancellation)).Select(clip => clip.Id).ToArray());
        var damaged = found.SelectMany(ids => ids).ToHashSet(StringComparer.Ordinal);
        DrivenClip[] whole = [.. clips.Where(clip => !damaged.Contains(clip.Clip.Id) && !damaged.Contains(store.Index.ClipOf(clip.Source).Id))];
        if (whole.Length == 0) throw new DataException("the frames of all clips are damaged", store.Folder, "Delete the store and prepare the data again.");
        return new CheckedClips(whole, [.. found.Index().SelectMany(rank => rank.Item.Select(id => ranks.Size == 1 ? id : $"{id} (found by rank {rank.Index})"))]);
    }

    /// <summary>What to tell of it in one line; null where all clips are whole.</summary>
    /// <param name="asked">How many there were to be.</param>
    public string? Describe(int asked) => Damaged.Count == 0
        ? null
        : $"{asked - Whole.Count} of {asked} clips were left out, because frames of theirs are damaged: {string.Join(", ", Damaged)}";
}
