using System.Globalization;
using System.Text;
using PECHead.Research.Distribution;

namespace PECHead.Research.Data;

/// <summary>What a build will do: every clip with the exact frames and pixels of its measured source.</summary>
/// <param name="Clips">In the order of the store.</param>
/// <param name="Fingerprint">Digest of everything that the store's bytes depend on.</param>
internal sealed record FrameStorePlan(IReadOnlyList<PlannedClip> Clips, string Fingerprint)
{
    /// <summary>Raised when the same input would give other pixels, so that older stores are made again.</summary>
    private const string Pipeline = "rgb24 bilinear chroma, square crop, area resize, hwc, 1";

    /// <summary>Number of frames of the store.</summary>
    public long FrameCount { get; } = Clips.Sum(clip => (long)clip.Span.Count);

    /// <summary>Number of frames that this rank decodes.</summary>
    public long OwnFrameCount { get; } = Clips.Where(clip => clip.IsOwn).Sum(clip => (long)clip.Span.Count);

    /// <summary>Measures and verifies all sources, each rank its own, then fixes what is taken from each.</summary>
    public static FrameStorePlan Make(
        string dataset, IReadOnlyList<ManifestClip> clips, int size, MediaTools? tools, VideoReading? reading, World world, IProgress<FrameStoreProgress>? progress,
        CancellationToken cancellation)
    {
        var sources = clips.Select(clip => clip.Source).DistinctBy(source => source.File).ToArray();
        VideoSource[] share = [.. sources.Where((_, i) => i % world.Size == world.Rank)];
        var own = new Dictionary<string, (VideoInfo Info, string Sha256)>(StringComparer.Ordinal);
        var damaged = new List<Damage>();
        foreach (var source in share)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new FrameStoreProgress(FrameStoreStage.CheckingSources, source.File, own.Count, share.Length, 0, 0));
            try
            {
                own.Add(source.File, Measure(source, tools, reading, cancellation));
            }
            catch (DataException failure)
            {
                damaged.Add(Damage.Of(failure));
            }
        }
        DamagedSources.Require(world.Exchange(damaged), sources.Length, "videos");
        // Of the videos of others a rank knows what the plan needs, and not how to decode them.
        var measured = world.Exchange(own.Select(source => new MeasuredSource(
            source.Key, source.Value.Info.Width, source.Value.Info.Height, source.Value.Info.Rate, source.Value.Info.FrameCount, [.. source.Value.Info.Notes], source.Value.Sha256)).ToArray())
            .SelectMany(rank => rank).ToDictionary(source => source.File, source => (Info: source.Video(), source.Sha256), StringComparer.Ordinal);
        foreach (var (file, source) in own) measured[file] = source;

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Pipeline}\n{dataset}\n{size}\n");
        var plan = new List<PlannedClip>(clips.Count);
        foreach (var clip in clips)
        {
            var (info, digest) = measured[clip.Source.File];
            var planned = Plan(clip, info, own.ContainsKey(clip.Source.File));
            plan.Add(planned);
            text.Append(CultureInfo.InvariantCulture, $"{clip.Id}\t{clip.Identity}\t{clip.Split}\t{digest}\t{planned.Span}\t{planned.Square}\t{info.Rate:R}{string.Concat(info.Notes.Select(note => "\t" + note))}\n");
        }

        return new FrameStorePlan(plan, FrameStoreFiles.Digest(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static (VideoInfo Info, string Sha256) Measure(VideoSource source, MediaTools? tools, VideoReading? reading, CancellationToken cancellation)
    {
        if (!File.Exists(source.File) && !Directory.Exists(source.File))
            throw new DataException("no such video", source.File, "Fetch the data as the manifest describes, or correct the file's name in it.");

        // The digest comes first: it tells a damaged download from a wrong manifest.
        var digest = FrameStoreFiles.DigestOfSource(source.File, cancellation);
        if (source.Facts.Sha256 is { } expected && expected != digest)
            throw new DataException(
                $"the sha256 is {digest} where the manifest says {expected}", source.File,
                "The file is truncated, damaged or another one; delete it and fetch it again.");
        return (source.Facts.Check(VideoInfo.Probe(source.File, tools, reading)), digest);
    }

    private static PlannedClip Plan(ManifestClip clip, VideoInfo info, bool own) =>
        new(clip, info, clip.Range.Resolve(info), clip.Crop.ResolveFor(info)) { IsOwn = own };

    /// <summary>What one rank tells the others of a video.</summary>
    private sealed record MeasuredSource(string File, int Width, int Height, double Rate, int FrameCount, string[] Notes, string Sha256)
    {
        public VideoInfo Video() => new(File, Width, Height, Rate, FrameCount) { Notes = Notes };
    }
}

/// <summary>A clip and what it is in its measured source.</summary>
internal sealed record PlannedClip(ManifestClip Clip, VideoInfo Info, FrameSpan Span, CropSquare Square)
{
    /// <summary>Whether this rank decodes it.</summary>
    public required bool IsOwn { get; init; }
}
