using System.Diagnostics;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research;

// Motions that are kept and used again, for a model that reads them off frames.
public sealed partial class TalkingHead
{
    private const string MotionEnding = ".safetensors";

    /// <summary>Whether a file is one of <see cref="RecordMotion"/>, by its name.</summary>
    /// <param name="path">The file.</param>
    public static bool IsMotion(string path) => Path.GetExtension(path) == MotionEnding;

    /// <summary>Whether motions can be kept, and a video be a source.</summary>
    public bool RecordsMotion => _model is IControlledMotion;

    /// <summary>Reads the motion of a video, and how far eyes and lips are open, and keeps them: the file drives without the video.</summary>
    /// <param name="driving">The video.</param>
    /// <param name="output">The file to make or replace; its name ends in .safetensors.</param>
    /// <param name="options">Shots, squares and reading of the video; null for the defaults.</param>
    /// <param name="progress">Receives the number of frames done, and of all.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <returns>Number of frames.</returns>
    /// <exception cref="DataException">The video is not readable.</exception>
    /// <exception cref="ArgumentException">The model reads no motion, or another ending.</exception>
    public int RecordMotion(
        string driving, string output, AnimationOptions? options = null, IProgress<(int Done, int Count)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(driving);
        ArgumentNullException.ThrowIfNull(output);
        var model = Recorder();
        if (!IsMotion(output)) throw new ArgumentException($"'{output}': a motion is kept in a file that ends in {MotionEnding}.", nameof(output));
        OutputFile.Require(output, [driving]);
        options ??= new AnimationOptions();
        using var recording = Recording(driving, options, _observer is not null, progress, AmbientCancellation.Or(cancellation));
        model.Save(output, recording);
        return recording.Frames.Count;
    }

    /// <summary>Animates a photograph by a kept motion.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="motion">A file of <see cref="RecordMotion"/>.</param>
    /// <param name="output">The video to make or replace, without sound.</param>
    /// <param name="options">How; null for the defaults. <see cref="AnimationOptions.ReferenceFrame"/> names the reference; the first frame where it is null.</param>
    /// <param name="progress">Receives the number of frames done, and of all.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="Checkpoints.CheckpointFormatException">The file holds no motion of this model.</exception>
    /// <exception cref="ArgumentException">The options do not go together, or the model keeps no motions.</exception>
    public AnimationSummary AnimateRecorded(
        Portrait source, string motion, string output, AnimationOptions? options = null, IProgress<(int Done, int Count)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(motion);
        var model = Recorder();
        cancellation = AmbientCancellation.Or(cancellation);
        options ??= new AnimationOptions();
        options.Validate(_model);
        if (options.Beside) throw new ArgumentException("A kept motion has no pictures to show beside.", nameof(options));
        OutputFile.Require(output, [motion, .. new[] { source.File }.OfType<string>()]);
        using var recording = model.Open(motion);
        var first = Reference(recording, options, motion);
        options = Suited(options, recording);
        using var portrait = Animated(source, options, recording.Rate);
        using var writer = new VideoWriter(output, portrait.Width, portrait.Height, recording.Rate, alpha: Alpha(source, output, options));
        var clock = Stopwatch.StartNew();
        foreach (var (i, driving) in recording.Frames.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            writer.Write(portrait.Next(driving, first, recording.Openness?[i]));
            progress?.Report((i + 1, recording.Frames.Count));
        }
        writer.Complete();
        return new AnimationSummary(recording.Frames.Count, 0, recording.Frames.Count, clock.Elapsed.TotalSeconds);
    }

    // Decoded once more, and only for what can keep it.
    private static RgbImage? Alpha(Portrait source, string output, AnimationOptions options) => options.PasteBack && VideoFormat.Of(output).KeepsAlpha ? source.ReadAlpha() : null;

    private IControlledMotion Recorder() => _model as IControlledMotion
        ?? throw new ArgumentException("The model reads no motion that could be kept, and animates photographs alone: use liveportrait.");

    private static MotionState Reference(MotionRecording recording, AnimationOptions options, string file)
        => (options.ReferenceFrame ?? 0) is var number && number < recording.Frames.Count
            ? recording.Frames[number]
            : throw new DataException($"there is no frame {number}", file, $"Choose a reference frame from 0 to {recording.Frames.Count - 1}.");

    // A kept motion, or that of a video.
    private MotionRecording Recorded(string driving, AnimationOptions options, IProgress<(int Done, int Count)>? progress, CancellationToken cancellation)
        => IsMotion(driving) ? Recorder().Open(driving) : Recording(driving, options, options.Controls.SeesDriving, progress, cancellation);

    private MotionRecording Recording(string driving, AnimationOptions options, bool looks, IProgress<(int Done, int Count)>? progress, CancellationToken cancellation)
    {
        var model = Recorder();
        using var video = new DrivingVideo(driving, options, ImageSize, _model.Modes);
        var (frames, seen) = Motions(model, video.Shots.SelectMany(video.Frames).Select(frame => frame.Frame), looks, _ => progress?.Report(video.Step(observed: false)), cancellation);
        return new MotionRecording(video.Info.Rate, frames, seen?.ConvertAll(one => one ?? default));
    }

    // The motion of every frame and, where somebody looks, how far eyes and lips are open: where no face is seen, as in the frame before.
    private (List<MotionState> Motions, List<FaceOpenness?>? Seen) Motions(
        IControlledMotion model, IEnumerable<RgbImage> squares, bool looks, Action<int> done, CancellationToken cancellation)
    {
        var (motions, seen) = (new List<MotionState>(), new List<FaceOpenness?>());
        foreach (var square in squares)
        {
            cancellation.ThrowIfCancellationRequested();
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var image = FrameBatch.FromImages([square], _device);
            using (Accelerator.MixedPrecision(_device, _precision)) motions.Add(model.Read(image).DetachFromDisposeScope());
            if (looks) seen.Add(OpennessOf(image) ?? seen.LastOrDefault());
            done(motions.Count);
        }
        return (motions, looks ? seen : null);
    }

    // One driving picture has no motion of its own.
    private static AnimationOptions Suited(AnimationOptions options, MotionRecording driver)
        => driver.Frames.Count == 1 && options.Mode == MotionMode.Relative ? options with { Mode = MotionMode.FromNeutral } : options;
}
