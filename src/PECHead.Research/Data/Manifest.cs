namespace PECHead.Research.Data;

/// <summary>What a clip is for.</summary>
public enum Split
{
    /// <summary>Seen in training.</summary>
    Train,

    /// <summary>Held out for evaluation.</summary>
    Test,
}

/// <summary>A data set as its manifest declares it: where it comes from, its terms, and which clips it is made of.</summary>
/// <remarks>The YAML form and the meaning of every key are in data-manifests/README.md and data-manifests/schema.yaml.</remarks>
public sealed record Manifest
{
    /// <summary>Short name: lower-case letters, digits and hyphens; names the frame store.</summary>
    public required string Dataset { get; init; }

    /// <summary>One line for people.</summary>
    public required string Title { get; init; }

    /// <summary>Terms under which the media may be used.</summary>
    public required string Licence { get; init; }

    /// <summary>Where the media come from.</summary>
    public required ManifestSource Obtain { get; init; }

    /// <summary>Videos that are declared one by one.</summary>
    public IReadOnlyList<ManifestVideo> Videos { get; init; } = [];

    /// <summary>Still pictures to try as a source; they belong to no split.</summary>
    public IReadOnlyList<ManifestPortrait> Portraits { get; init; } = [];

    /// <summary>Official lists of clips, for data sets of many videos.</summary>
    public IReadOnlyList<ManifestList> Lists { get; init; } = [];

    /// <summary>What one should know of the media, a sentence each; of a folder of one's own.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The manifest file; null for one that was made in memory.</summary>
    public string? File { get; init; }

    /// <summary>All clips, their media under one folder, in a fixed order: declared videos, then the lists.</summary>
    /// <param name="mediaRoot">Folder that the files' names are relative to.</param>
    /// <returns>At least one clip; ids are unique.</returns>
    /// <exception cref="DataException">A list is missing or malformed, no media are there, or two clips share an id.</exception>
    public IReadOnlyList<ManifestClip> ResolveClips(string mediaRoot)
    {
        var clips = Videos.SelectMany(video => video.Resolve(mediaRoot)).Concat(Lists.SelectMany(list => list.Resolve(mediaRoot))).ToList();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var clip in clips)
            if (!ids.Add(clip.Id))
                throw new DataException($"two clips have the id {clip.Id}", File ?? mediaRoot, "Give the videos different ids.");
        return clips.Count > 0 ? clips : throw new DataException("no clips in this data set", File ?? mediaRoot, "Declare videos or lists in the manifest.");
    }
}

/// <summary>How the media of a data set are obtained.</summary>
/// <param name="Package">Folder with package.json and package-lock.json when they come as an npm package; null when the user brings them.</param>
/// <param name="How">What the user does, in words.</param>
public sealed record ManifestSource(string? Package, string How);

/// <summary>A video that a manifest declares.</summary>
public sealed record ManifestVideo
{
    /// <summary>Name within the data set; clips are called id/first frame.</summary>
    public required string Id { get; init; }

    /// <summary>File relative to the media root; a folder means pictures in name order.</summary>
    public required string File { get; init; }

    /// <summary>Who is in it; clips of one identity share it.</summary>
    public required string Identity { get; init; }

    /// <summary>What must be true of the file; null members are not checked.</summary>
    public VideoFacts Facts { get; init; } = new();

    /// <summary>Square that is kept, the same for all clips of the video.</summary>
    public Crop Crop { get; init; } = Crop.Centre;

    /// <summary>Parts of the video and their splits.</summary>
    public IReadOnlyList<(ClipRange Range, Split Split)> Clips { get; init; } = [(ClipRange.Whole, Split.Train)];

    internal IEnumerable<ManifestClip> Resolve(string mediaRoot)
    {
        var source = new VideoSource(Path.Combine(mediaRoot, File), Facts);
        foreach (var (range, split) in Clips)
        {
            var start = range switch
            {
                FrameRange frames => frames.First.ToString("D6"),
                SecondsRange seconds => seconds.Start.ToString("0000.000") + "s",
                _ => throw new NotSupportedException(),
            };
            yield return new ManifestClip($"{Id}/{start}", source, range, Crop, Identity, split);
        }
    }
}

/// <summary>A still picture that a manifest declares.</summary>
/// <param name="Id">Name within the data set.</param>
/// <param name="File">File relative to the media root.</param>
/// <param name="Sha256">Lower-case hexadecimal digest of the file, or null.</param>
/// <param name="Crop">Square around the head.</param>
/// <param name="Note">What it shows and its terms.</param>
public sealed record ManifestPortrait(string Id, string File, string? Sha256, Crop Crop, string Note);

/// <summary>What a manifest states of a video file; null means unstated.</summary>
public sealed record VideoFacts
{
    /// <summary>Lower-case hexadecimal digest of the file.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Width, pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Height, pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Frames per second; for a folder of pictures it sets the rate instead of checking it.</summary>
    public double? Rate { get; init; }

    /// <summary>Number of frames.</summary>
    public int? Frames { get; init; }

    internal VideoInfo Check(VideoInfo measured)
    {
        if (Rate is { } rate && Directory.Exists(measured.File))
            measured = measured with { Rate = rate };
        Require("width", Width, measured.Width);
        Require("height", Height, measured.Height);
        Require("number of frames", Frames, measured.FrameCount);
        if (Rate is { } stated && Math.Abs(stated - measured.Rate) > 0.01)
            throw Differs("rate", stated, measured.Rate);
        return measured;

        void Require(string what, int? expected, int found)
        {
            if (expected is { } number && number != found)
                throw Differs(what, number, found);
        }

        DataException Differs(string what, double expected, double found) =>
            new($"the {what} is {found:0.###} where the manifest says {expected:0.###}", measured.File,
                "The file is truncated or not the one that the manifest means; fetch it again.");
    }
}

/// <summary>A video file or folder of pictures, located.</summary>
/// <param name="File">Full or working-directory-relative path.</param>
/// <param name="Facts">What must be true of it.</param>
public sealed record VideoSource(string File, VideoFacts Facts);

/// <summary>Consecutive frames of one person, located and ready to decode.</summary>
/// <param name="Id">Unique within the data set.</param>
/// <param name="Source">The video.</param>
/// <param name="Range">Which part.</param>
/// <param name="Crop">Which square of its frames.</param>
/// <param name="Identity">Who is in it.</param>
/// <param name="Split">What it is for.</param>
public sealed record ManifestClip(string Id, VideoSource Source, ClipRange Range, Crop Crop, string Identity, Split Split);
