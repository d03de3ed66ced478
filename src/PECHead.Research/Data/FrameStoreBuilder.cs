using PECHead.Research.Distribution;

namespace PECHead.Research.Data;

/// <summary>
/// Decodes the clips of a data set into a <see cref="FrameStore"/>. A build that is stopped, even by a kill, continues with
/// the unfinished clips; the store appears in its place only when whole; the same input gives the same bytes.
/// </summary>
public sealed class FrameStoreBuilder
{
    private readonly string _dataset;
    private readonly IReadOnlyList<ManifestClip> _clips;
    private readonly int _size;
    private readonly MediaTools? _tools;
    private readonly VideoReading? _reading;

    /// <summary>Prepares a build; touches nothing.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="clips">From <see cref="Manifest.ResolveClips"/>, at least one.</param>
    /// <param name="size">Side of the frames, pixels, <see cref="FrameStoreIndex.LeastSize"/> to <see cref="FrameStoreIndex.GreatestSize"/>.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <param name="reading">How videos are read; null: the defaults.</param>
    public FrameStoreBuilder(string dataset, IReadOnlyList<ManifestClip> clips, int size, MediaTools? tools = null, VideoReading? reading = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(dataset);
        ArgumentOutOfRangeException.ThrowIfZero(clips.Count, nameof(clips));
        ArgumentOutOfRangeException.ThrowIfLessThan(size, FrameStoreIndex.LeastSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, FrameStoreIndex.GreatestSize);
        (_dataset, _clips, _size, _tools, _reading) = (dataset, clips, size, tools, reading);
    }

    /// <summary>The ranks that share the work, each whole videos, and all call <see cref="Build"/>; the default: this process does all. The bytes are the same.</summary>
    public World World { get; init; } = World.Alone;

    /// <summary>Free bytes on the disk of a folder.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Requires a place where a store may be made: nothing yet, an empty folder, or a store of the same frame size.</summary>
    /// <param name="folder">Where it would be.</param>
    /// <param name="size">Side of its frames, pixels.</param>
    /// <exception cref="DataException">A file, a folder of other things, or a store of another size is there.</exception>
    public static void RequirePlace(string folder, int size) => Place(folder, size);

    /// <summary>Makes the store, or continues to, or finds it made.</summary>
    /// <param name="folder">Where it will be; while unfinished it grows in a folder of the same name ending in .partial.</param>
    /// <param name="progress">Is told of every source, and of decoding about every 50 frames.</param>
    /// <param name="cancellation">Stops; the clips finished so far are kept.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="DataException">A source is missing, damaged, too short or not the one declared; a crop is outside
    /// the frame; the disk is full; something else is in the way (<see cref="RequirePlace"/>); or no ffmpeg.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public BuildOutcome Build(string folder, IProgress<FrameStoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            var there = Place(folder, _size);
            var plan = FrameStorePlan.Make(_dataset, _clips, _size, _tools, _reading, World, progress, cancellation);
            var outcome = World.FromFirst(World.IsFirst && there?.Fingerprint == plan.Fingerprint ? 1 : 0.0) > 0 ? BuildOutcome.AlreadyComplete : Make(folder, plan, progress, cancellation);
            progress?.Report(new FrameStoreProgress(FrameStoreStage.Complete, folder, plan.Clips.Count, plan.Clips.Count, plan.FrameCount, plan.FrameCount));
            return outcome;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, folder);
        }
    }

    private BuildOutcome Make(string folder, FrameStorePlan plan, IProgress<FrameStoreProgress>? progress, CancellationToken cancellation)
    {
        var partial = folder + ".partial";
        if (plan.FrameCount > int.MaxValue)
            throw new DataException($"{plan.FrameCount} frames are more than a store holds", folder, "Split the data set.");
        progress?.Report(new FrameStoreProgress(FrameStoreStage.Resuming, folder, 0, plan.Clips.Count, 0, plan.FrameCount));
        bool resumed;
        using (var journal = BuildJournal.Open(partial, plan.Fingerprint, World))
        {
            var part = new FrameStorePart(plan, _size, journal, _tools, progress);
            var kept = part.Recover(cancellation);
            resumed = World.Any(kept > 0);
            // Each needs room for its own clips, and on a shared disk also for those of the others.
            CheckSpace(partial, World.Exchange(part.MissingBytes).Sum());
            part.Decode(cancellation);
            var digests = World.Exchange(part.Finished).SelectMany(rank => rank).ToDictionary(StringComparer.Ordinal);
            DamagedSources.Require(World.Exchange(part.Damaged), plan.Clips.Count, "clips");
            if (World.IsFirst) Complete(partial, plan, digests, cancellation);
        }

        // The others open what the first has put into its place.
        if (World.IsFirst)
        {
            ReplacedFolder.Swap(partial, folder);
            BuildJournal.Remove(folder);
        }
        World.Barrier();
        return resumed ? BuildOutcome.Resumed : BuildOutcome.Built;
    }

    // The digest of all frames needs them in their order: they are read once more.
    private void Complete(string partial, FrameStorePlan plan, Dictionary<string, string> digests, CancellationToken cancellation)
    {
        var frames = Path.Combine(partial, FrameStoreFiles.Frames);
        using (var stream = new FileStream(frames, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1)) stream.SetLength(plan.FrameCount * _size * _size * 3);
        var clips = new List<StoredClip>(plan.Clips.Count);
        foreach (var planned in plan.Clips)
            clips.Add(new StoredClip(
                planned.Clip.Id, planned.Clip.Identity, planned.Clip.Split, clips.Count == 0 ? 0 : clips[^1].End, planned.Span.Count, planned.Info.Rate, digests[planned.Clip.Id]));
        var index = FrameStoreIndexFile.Write(new FrameStoreIndex(_dataset, _size, plan.Fingerprint, clips));
        File.WriteAllBytes(Path.Combine(partial, FrameStoreFiles.Index), index);
        ReplacedFile.WriteText(
            Path.Combine(partial, FrameStoreFiles.Checksum), FrameStoreFiles.ChecksumText(FrameStoreFiles.Digest(index), FrameStoreFiles.DigestOfSource(frames, cancellation)));
    }

    // The store that is there; null where there is none, or a damaged one: for that, preparing again is the remedy.
    private static FrameStoreIndex? Place(string folder, int size)
    {
        if (File.Exists(folder))
            throw new DataException("a file is where the store should go", folder, "Choose another folder.");
        if (!Directory.Exists(folder)) return null;
        if (!File.Exists(Path.Combine(folder, FrameStoreFiles.Checksum)) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new DataException("this folder is not a frame store and will not be overwritten", folder, "Choose another folder or empty this one.");
        FrameStoreIndex index;
        try
        {
            using var store = FrameStore.Open(folder);
            index = store.Index;
        }
        catch (DataException)
        {
            return null;
        }
        return index.Size == size ? index : throw new DataException(
            $"this store has frames of {index.Size} px, and one of {size} px would replace it", folder, "Choose another folder, or delete the store first.");
    }

    private void CheckSpace(string folder, long needed)
    {
        const long Reserve = 16 << 20;
        var free = FreeBytes(folder);
        if (free < needed + Reserve)
            throw new DataException(
                $"the disk has {free >> 20} MiB free, and {(needed + Reserve) >> 20} MiB are needed: the disk would be full", folder,
                "Free some space, choose another folder or a smaller size.");
    }
}
