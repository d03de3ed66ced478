namespace PECHead.Research.Data;

/// <summary>A clip of a frame store.</summary>
/// <param name="Id">Unique within the store.</param>
/// <param name="Identity">Who is in it.</param>
/// <param name="Split">What it is for.</param>
/// <param name="First">Index of its first frame in the store.</param>
/// <param name="Count">Number of frames, at least 1.</param>
/// <param name="Rate">Frames per second.</param>
/// <param name="Sha256">Digest of its frames' bytes, lower-case hexadecimal.</param>
public sealed record StoredClip(string Id, string Identity, Split Split, int First, int Count, double Rate, string Sha256)
{
    /// <summary>Index after its last frame.</summary>
    public int End => First + Count;
}

/// <summary>What is in a frame store.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Size">Side of the frames, pixels.</param>
/// <param name="Fingerprint">Digest of everything that the frames depend on: sources, ranges, crops, size, pipeline.</param>
/// <param name="Clips">The clips, one after the other: each starts where the one before ends.</param>
public sealed record FrameStoreIndex(string Dataset, int Size, string Fingerprint, IReadOnlyList<StoredClip> Clips)
{
    /// <summary>Smallest side, pixels.</summary>
    public const int LeastSize = 8;

    /// <summary>Largest side, pixels.</summary>
    public const int GreatestSize = 2048;

    /// <summary>Bytes of a frame: size·size·3.</summary>
    public int FrameBytes => Size * Size * 3;

    /// <summary>Number of frames.</summary>
    public int FrameCount => Clips.Count == 0 ? 0 : Clips[^1].End;

    /// <summary>The clip that a frame belongs to.</summary>
    /// <param name="frame">Index of a frame.</param>
    public StoredClip ClipOf(int frame) => Clips.First(clip => frame >= clip.First && frame < clip.End);

    /// <summary>A later frame of the same clip, or its last.</summary>
    /// <param name="frame">Index of a frame.</param>
    /// <param name="count">How many frames later, not negative.</param>
    public int Later(int frame, int count) => Math.Min(frame + count, ClipOf(frame).End - 1);

    /// <summary>The clips of a split, in order.</summary>
    /// <param name="split">Which.</param>
    /// <returns>Possibly none.</returns>
    public IReadOnlyList<StoredClip> Of(Split split) => [.. Clips.Where(clip => clip.Split == split)];
}
