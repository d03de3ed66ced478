using System.Globalization;
using System.Text;

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

    /// <summary>Measures and verifies all sources, then fixes what is taken from each.</summary>
    public static FrameStorePlan Make(
        string dataset, IReadOnlyList<ManifestClip> clips, int size, MediaTools? tools, VideoReading? reading, IProgress<FrameStoreProgress>? progress, CancellationToken cancellation)
    {
        var sources = clips.Select(clip => clip.Source).DistinctBy(source => source.File).ToArray();
        var measured = new Dictionary<string, (VideoInfo Info, string Sha256)>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new FrameStoreProgress(FrameStoreStage.CheckingSources, source.File, measured.Count, sources.Length, 0, 0));
            measured.Add(source.File, Measure(source, tools, reading, cancellation));
        }

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Pipeline}\n{dataset}\n{size}\n");
        var plan = new List<PlannedClip>(clips.Count);
        foreach (var clip in clips)
        {
            var (info, digest) = measured[clip.Source.File];
            var planned = Plan(clip, info);
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

    private static PlannedClip Plan(ManifestClip clip, VideoInfo info) =>
        new(clip, info, clip.Range.Resolve(info), clip.Crop.ResolveFor(info));
}

/// <summary>A clip and what it is in its measured source.</summary>
internal sealed record PlannedClip(ManifestClip Clip, VideoInfo Info, FrameSpan Span, CropSquare Square);
