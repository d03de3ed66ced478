using PECHead.Research.Data;
using PECHead.Research.Distribution;

namespace PECHead.Experiments.Commands;

/// <summary>The squares of a folder's videos, each found by one rank and known to all.</summary>
/// <param name="world">The ranks.</param>
/// <param name="find">Finds the square of a video by decoding it, or nothing to cut around, or fails.</param>
internal sealed class SharedCrops(World world, Func<VideoInfo, Crop?> find)
{
    /// <summary>Makes the manifest of a folder, equal in all ranks.</summary>
    /// <param name="folder">Of videos or frames.</param>
    /// <param name="options">Beside the squares.</param>
    /// <param name="otherwise">What to take where nothing was found.</param>
    public Manifest Read(string folder, FolderManifestOptions options, Func<VideoInfo, Crop> otherwise)
    {
        if (world.Size == 1) return FolderManifest.Read(folder, options with { FindCrop = info => find(info) ?? otherwise(info) });
        var videos = new List<VideoInfo>();
        FolderManifest.Read(folder, options with { SkipBad = true, FindCrop = info => Noted(videos, info) });
        var found = world.Exchange(videos.Where((_, i) => i % world.Size == world.Rank).Select(Find).ToArray()).SelectMany(rank => rank).ToDictionary(one => one.File);
        return FolderManifest.Read(folder, options with { FindCrop = info => found[info.File].Square() ?? otherwise(info) });
    }

    private static Crop Noted(List<VideoInfo> videos, VideoInfo video)
    {
        videos.Add(video);
        return Crop.Centre;
    }

    private Found Find(VideoInfo video)
    {
        try
        {
            return find(video) switch
            {
                PixelCrop crop => new Found(video.File) { Place = [crop.X, crop.Y, crop.Side] },
                PaddedCrop crop => new Found(video.File) { Place = [crop.X, crop.Y, crop.Side], IsPadded = true },
                null => new Found(video.File),
                _ => new Found(video.File) { IsCentre = true },
            };
        }
        catch (DataException failure)
        {
            return new Found(video.File) { Problem = failure.Problem, Remedy = failure.Remedy };
        }
    }

    /// <summary>What one rank tells the others of a video.</summary>
    private sealed record Found(string File)
    {
        public int[]? Place { get; init; }

        public bool IsPadded { get; init; }

        public bool IsCentre { get; init; }

        public string? Problem { get; init; }

        public string? Remedy { get; init; }

        public Crop? Square() => this switch
        {
            { Problem: { } problem } => throw new DataException(problem, File, Remedy),
            { IsCentre: true } => Crop.Centre,
            { Place: [var x, var y, var side] } => IsPadded ? new PaddedCrop(x, y, side) : new PixelCrop(x, y, side),
            _ => null,
        };
    }
}
