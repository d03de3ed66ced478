namespace PECHead.Research.Data;

/// <summary>How a video becomes frames at one rate.</summary>
public sealed record VideoReading
{
    /// <summary>The defaults.</summary>
    public static VideoReading Standard { get; } = new();

    /// <summary>
    /// Frames per second to read at, 1 to 240. Null: the video's own rate; of one whose rate varies the nominal rate, or the most
    /// frequent one.
    /// </summary>
    public double? Rate { get; init; }

    /// <summary>Degrees clockwise by which the frames are turned: 0, 90, 180 or 270.</summary>
    public int Turn { get; init; }

    /// <summary>Takes the frames of a truncated or damaged video that can be decoded, instead of refusing it.</summary>
    public bool AllowDamaged { get; init; }
}
