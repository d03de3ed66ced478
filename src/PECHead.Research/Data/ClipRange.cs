namespace PECHead.Research.Data;

/// <summary>Consecutive frames of one video.</summary>
/// <param name="First">Index of the first frame, from 0.</param>
/// <param name="Count">How many frames, at least 1.</param>
public readonly record struct FrameSpan(int First, int Count)
{
    /// <summary>Index after the last frame.</summary>
    public int End => First + Count;
}

/// <summary>Which part of a video a clip is.</summary>
public abstract record ClipRange
{
    private protected ClipRange()
    {
    }

    /// <summary>The whole video.</summary>
    public static ClipRange Whole { get; } = new FrameRange(0, null);

    /// <summary>The frames for one video.</summary>
    /// <param name="video">Measured rate and number of frames.</param>
    /// <returns>Frames that lie within the video.</returns>
    /// <exception cref="DataException">The video is too short for this part.</exception>
    public abstract FrameSpan Resolve(VideoInfo video);
}

/// <summary>A part given by frame indices.</summary>
/// <param name="First">Index of the first frame, from 0.</param>
/// <param name="End">Index after the last frame; null: to the end.</param>
public sealed record FrameRange(int First, int? End) : ClipRange
{
    /// <inheritdoc/>
    public override FrameSpan Resolve(VideoInfo video)
    {
        var end = End ?? video.FrameCount;
        if (First < 0 || First >= end || end > video.FrameCount)
            throw new DataException(
                $"the clip wants frames {First} to {end - 1}, but the video has frames 0 to {video.FrameCount - 1}",
                video.File, "The video is truncated or not the one that the manifest means; fetch it again.");
        return new FrameSpan(First, end - First);
    }
}

/// <summary>A part given by times, as most public lists do.</summary>
/// <param name="Start">Seconds from the start of the video to the first frame.</param>
/// <param name="End">Seconds from the start of the video to after the last frame.</param>
public sealed record SecondsRange(double Start, double End) : ClipRange
{
    /// <summary>How much later than the video the range may end: lists round, and copies of a video differ at the tail.</summary>
    private const double TailSeconds = 1;

    /// <inheritdoc/>
    public override FrameSpan Resolve(VideoInfo video)
    {
        var first = Math.Round(Start * video.Rate);
        var end = Math.Round(End * video.Rate);
        if (!(first >= 0 && end > first) || first >= video.FrameCount || end > video.FrameCount + (TailSeconds * video.Rate))
            throw new DataException(
                $"the clip wants {Start:0.###} s to {End:0.###} s, but the video lasts {video.FrameCount / video.Rate:0.###} s",
                video.File, "The video is truncated or not the one that the list means; fetch it again.");
        var last = Math.Min((int)end, video.FrameCount);
        return new FrameSpan((int)first, last - (int)first);
    }
}
