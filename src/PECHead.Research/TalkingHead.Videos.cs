using System.Diagnostics;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research;

// How a video of a face takes on the motion of another one.
public sealed partial class TalkingHead
{
    /// <summary>Animates a video: every frame of it takes on the motion of a frame of the driver, smoothed over time. It ends with the shorter of the two.</summary>
    /// <param name="source">The video whose looks the result has; the result has its rate.</param>
    /// <param name="driving">A video or picture, or a file of <see cref="RecordMotion"/>. A video is read at the rate of the source, and its sound goes along.</param>
    /// <param name="output">The video to make or replace.</param>
    /// <param name="options">How; null for the defaults. <see cref="AnimationOptions.ReferenceFrame"/> names the reference; the first frame where it is null.</param>
    /// <param name="face">Which face of the source, 1 for the one that fills most of it.</param>
    /// <param name="progress">Receives the number of steps done, and of all.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="DataException">A file is not readable, or there is no face in the source.</exception>
    /// <exception cref="ArgumentException">The options do not go together, or the model animates photographs alone.</exception>
    /// <remarks><b>As the authors':</b> of the driver's place in the frame nothing is taken in the relative mode, and no more of δ than in the absolute one.</remarks>
    public AnimationSummary AnimateVideo(
        string source, string driving, string output, AnimationOptions? options = null, int face = 1, IProgress<(int Done, int Count)>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        var model = Recorder();
        cancellation = AmbientCancellation.Or(cancellation);
        options ??= new AnimationOptions();
        options.Validate(_model);
        if (options.Beside) throw new ArgumentException("A source video is pasted back or shown alone, not side by side.", nameof(options));
        OutputFile.Require(output, [source, driving]);
        var info = VideoInfo.Probe(source);
        var shots = FindShots(source, face, cancellation: cancellation);
        if (shots.All(shot => shot.Crop is null) && _finder is not null) throw AnimatedPortrait.NoFace(source);
        options = options with { Reading = options.Reading with { Rate = info.Rate } };
        using var driver = Recorded(driving, options, null, cancellation);
        options = Suited(options, driver);
        var count = driver.Frames.Count == 1 ? info.FrameCount : Math.Min(info.FrameCount, driver.Frames.Count);
        int At(int frame) => Math.Min(frame, driver.Frames.Count - 1);
        FaceOpenness? Driving(int frame) => driver.Openness?[At(frame)];
        var clock = Stopwatch.StartNew();
        var (own, seen) = Motions(model, Squares(info, shots, whole: false).Take(count).Select(frame => frame.Square), options.Controls.SeesSource, done => progress?.Report((done, 2 * count)), cancellation);
        using var motions = new MotionRecording(info.Rate, own, null);
        using var moved = new MotionRecording(info.Rate, Followed(), null);
        using var writer = new VideoWriter(
            output, options.PasteBack ? info.Width : _model.OutputSize, options.PasteBack ? info.Height : _model.OutputSize, info.Rate,
            soundOf: IsMotion(driving) ? null : VideoInfo.Probe(driving, reading: options.Reading));
        foreach (var (i, (square, place, whole)) in Squares(info, shots, options.PasteBack).Take(count).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            using var animation = new SourceAnimation(_model, new FaceFrame(FrameBatch.FromImages([square], _device)), _precision);
            var motion = model.Complete(options.Asked, animation.Source, moved.Frames[i], new SeenOpenness(seen?[i], Driving(i)));
            var generated = FrameImage.FromTensor(animation.Next(motion).Image[0]);
            writer.Write(whole is null ? generated : new FacePaste(whole, place).Compose(generated));
            progress?.Report((count + i + 1, 2 * count));
        }
        writer.Complete();
        return new AnimationSummary(count, 0, count, clock.Elapsed.TotalSeconds)
        {
            Notes = [.. info.Notes, $"a source video: {count} of its {info.FrameCount} frames follow {driver.Frames.Count} of the driver", .. new[] { writer.Note }.OfType<string>()],
        };

        List<MotionState> Followed()
        {
            using var scope = NewDisposeScope();
            return [.. model.FollowVideo(options.Asked, own, [.. Enumerable.Range(0, count).Select(i => driver.Frames[At(i)])], Reference(driver, options, driving)).Select(motion => motion.DetachFromDisposeScope())];
        }
    }

    // The frames of a video: the square of the head, where it is, and the whole frame where that is wanted. A shot in which nobody is seen keeps the square of the one before.
    private IEnumerable<(RgbImage Square, CropSquare Place, RgbImage? Whole)> Squares(VideoInfo info, IReadOnlyList<DrivingShot> shots, bool whole)
    {
        var crop = shots.Select(shot => shot.Crop).FirstOrDefault(one => one is not null) ?? Crop.Centre;
        foreach (var shot in shots)
        {
            crop = shot.Crop ?? crop;
            var range = new FrameRange(shot.Span.First, shot.Span.End);
            using var frames = whole ? VideoFrames.Open(info, new VideoFramesOptions { Range = range }) : null;
            using var squares = VideoFrames.Open(info, new VideoFramesOptions { Range = range, Crop = crop, Size = ImageSize });
            foreach (var (square, frame) in squares.ReadAll().Zip(frames?.ReadAll() ?? Enumerable.Repeat<RgbImage?>(null, shot.Span.Count))) yield return (square, crop.Resolve(info.Width, info.Height), frame);
        }
    }
}
