using PECHead.Experiments.Terminal;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate</c> where the source is a video, or the driver a file of <c>pechead motion</c>.</summary>
internal static class MotionAnimation
{
    /// <summary>Animates.</summary>
    /// <param name="head">The model.</param>
    /// <param name="source">A photograph or a video, measured.</param>
    /// <param name="output">The video to make.</param>
    /// <param name="face">Which face of the source.</param>
    /// <param name="driving">The driver.</param>
    /// <param name="video">The driver, measured; null for a kept motion.</param>
    /// <param name="drivingFace">Which face of the video.</param>
    /// <param name="options">How.</param>
    /// <param name="crop">Square to cut.</param>
    /// <param name="cancellation">Stops.</param>
    public static int Animate(
        TalkingHead head, VideoInfo source, string output, int face, string driving, VideoInfo? video, int drivingFace, AnimationOptions options, string crop, CancellationToken cancellation)
    {
        var isVideo = source.FrameCount > 1;
        if (video is not null)
        {
            var reading = HeadCrops.Upright(head, video, options.Reading with { Rate = isVideo ? source.Rate : options.Reading.Rate });
            options = options with { Reading = reading, Shots = HeadCrops.OfVideo(head, driving, drivingFace, reading, crop, cancellation) };
        }
        var portrait = isVideo ? null : HeadCrops.Open(head, source.File, face, crop);
        var made = ProgressBar.Show($"animating {source.File}", bar =>
        {
            var progress = new Relay<(int Done, int Count)>(frames => bar.Update(frames.Done, frames.Count));
            return portrait is null
                ? head.AnimateVideo(source.File, driving, output, options, face, progress, cancellation)
                : head.AnimateRecorded(portrait, driving, output, options, progress, cancellation);
        });
        foreach (var note in made.Notes) Console.WriteLine($"{source.File}: {note}");
        Console.WriteLine($"{output}: {made.Frames} frames, {made.FramesPerSecond:0.0} frames/s");
        return 0;
    }
}
