using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>The track of a video's sound that plays unless one chooses another.</summary>
/// <param name="Index">Number of the stream in the file.</param>
/// <param name="Codec">What ffmpeg calls its kind.</param>
internal sealed record SoundTrack(int Index, string Codec);

/// <summary>Arguments of ffmpeg that put the sound of a video beside pictures from a pipe.</summary>
/// <param name="Delay">Before the input of the pictures: how much later than the sound they begin.</param>
/// <param name="Input">The second input.</param>
/// <param name="Output">Which streams are written, and how the sound is.</param>
/// <param name="Note">What becomes of the sound where it is not taken along as it is.</param>
internal sealed record AudioTrack(string[] Delay, string[] Input, string[] Output, string? Note = null)
{
    // Of MPEG-TS and MPEG-PS ffmpeg forgets how much later the sound begins than the pictures, unless there is some offset, be it a microsecond.
    private const string NoOffset = "0.000001";

    private static readonly AudioTrack None = new([], [], []);

    /// <summary>The arguments for the sound of a video.</summary>
    /// <param name="video">The video, or a picture or folder, which has none; null: silence.</param>
    /// <param name="format">What is written.</param>
    public static AudioTrack Of(VideoInfo? video, VideoFormat format)
    {
        if (video?.Sound is not { } sound) return None;
        if (format.Encoder is not { } encoder) return None with { Note = "the sound is left out: what is written cannot hold any" };
        var copied = format.Copied.Contains(sound.Codec);
        return new AudioTrack(
            ["-itsoffset", video.PictureDelay.ToString("F6", CultureInfo.InvariantCulture)],
            ["-itsoffset", NoOffset, "-i", "file:" + Path.GetFullPath(video.File)],
            ["-map", "0:v:0", "-map", $"1:{sound.Index}", "-c:a", copied ? "copy" : encoder.Name],
            copied ? null : $"the sound, {sound.Codec}, is encoded to {encoder.Title}: {format.Extension} does not hold it as it is");
    }
}
