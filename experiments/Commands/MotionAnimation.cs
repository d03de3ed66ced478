using PECHead.Experiments.Terminal;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate</c> where the source is a video, or the driver a file of <c>pechead motion</c>.</summary>
internal static class MotionAnimation
{
    /// <summary>Whether a driver is a kept motion.</summary>
    public static bool IsKept(string driving) => Path.GetExtension(driving) == TalkingHead.MotionEnding;

    /// <summary>Whether a source is a video with more than one frame.</summary>
    public static bool IsVideo(string source) => VideoInfo.Probe(source).FrameCount > 1;

    public static int Animate(
        TalkingHead head, string source, string output, int face, string driving, int drivingFace, AnimationOptions options, string crop, CancellationToken cancellation)
    {
        var isVideo = IsVideo(source);
        if (!IsKept(driving))
        {
            var rate = isVideo ? VideoInfo.Probe(source).Rate : options.Reading.Rate;
            var reading = HeadCrops.Upright(head, VideoInfo.Probe(driving, reading: options.Reading), options.Reading with { Rate = rate });
            options = options with { Reading = reading, Shots = HeadCrops.OfVideo(head, driving, drivingFace, reading, crop, cancellation) };
        }
        var portrait = isVideo ? null : HeadCrops.Open(head, source, face, crop);
        var made = ProgressBar.Show($"animating {source}", bar =>
        {
            var progress = new Relay<(int Done, int Count)>(frames => bar.Update(frames.Done, frames.Count));
            return portrait is null
                ? head.AnimateVideo(source, driving, output, options, face, progress, cancellation)
                : head.AnimateRecorded(portrait, driving, output, options, progress, cancellation);
        });
        foreach (var note in made.Notes) Console.WriteLine($"{source}: {note}");
        Console.WriteLine($"{output}: {made.Frames} frames, {made.FramesPerSecond:0.0} frames/s");
        return 0;
    }
}
