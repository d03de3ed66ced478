using System.Diagnostics;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>A source and the video that is made of it.</summary>
/// <param name="Reenactment">The source; owned by the caller.</param>
/// <param name="Output">The MP4 to make or replace.</param>
public sealed record AnimatedSource(Reenactment Reenactment, string Output)
{
    /// <summary>The source's square, shown beside the driving and the generated frame; null shows the generated frame alone.</summary>
    public RgbImage? Beside { get; init; }

    /// <summary>Puts every frame back into the whole picture; null leaves the square.</summary>
    public FacePaste? Paste { get; init; }
}

/// <summary>What was made of a driving video.</summary>
/// <param name="Frames">Frames of the driving video.</param>
/// <param name="Missed">Frames in which no face was found; they repeat the motion before.</param>
/// <param name="Generated">Frames generated for all sources together.</param>
/// <param name="Seconds">Time from the first frame to the last: decoding, reconstruction, generation, encoding.</param>
public sealed record AnimationSummary(int Frames, int Missed, int Generated, double Seconds)
{
    /// <summary>Generated frames a second.</summary>
    public double FramesPerSecond => Generated / Math.Max(Seconds, 1e-9);
}

/// <summary>
/// Animates any number of sources by one driving video, which is decoded and looked at once; memory does not grow with its
/// length. The sound of the video goes along. A video that fails leaves no file.
/// </summary>
public static class VideoAnimation
{
    /// <summary>Makes the videos.</summary>
    /// <param name="sources">At least one; all of one model.</param>
    /// <param name="driving">Squares of the model's size.</param>
    /// <param name="mode">What is transferred.</param>
    /// <param name="smooth">Strength of the <see cref="CoefficientFilter"/> that steadies the driving face; 0 for none.</param>
    /// <param name="progress">Receives the number of driving frames done.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="DataException">The first driving frame has no face, the video is damaged, or a file cannot be written.</exception>
    public static AnimationSummary Write(
        IReadOnlyList<AnimatedSource> sources, VideoFrames driving, MotionMode mode, double smooth = 0, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        ArgumentOutOfRangeException.ThrowIfZero(sources.Count, nameof(sources));
        if (sources.Any(source => source is { Beside: not null, Paste: not null }))
            throw new ArgumentException("A frame is shown side by side or pasted back, not both.", nameof(sources));
        var tracks = new List<Track>();
        try
        {
            foreach (var source in sources) tracks.Add(new Track(source, driving, mode, smooth));
            var clock = Stopwatch.StartNew();
            foreach (var frame in driving.ReadAll())
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var observed = sources[0].Reenactment.Observe(frame);
                foreach (var track in tracks) track.Write(frame, observed);
                progress?.Report(driving.FramesRead);
            }
            foreach (var track in tracks) track.Complete();
            return new AnimationSummary(driving.FramesRead, tracks[0].Missed, driving.FramesRead * tracks.Count, clock.Elapsed.TotalSeconds);
        }
        finally
        {
            foreach (var track in tracks) track.Dispose();
        }
    }

    private sealed class Track : IDisposable
    {
        private readonly AnimatedSource _source;
        private readonly DrivenMotion _motion;
        private readonly VideoWriter _writer;

        public Track(AnimatedSource source, VideoFrames driving, MotionMode mode, double smooth)
        {
            _source = source;
            var (width, height) = (source.Paste?.Width ?? driving.Width, source.Paste?.Height ?? driving.Height);
            _motion = new DrivenMotion(mode, source.Reenactment.Source, smooth == 0 ? null : new CoefficientFilter(driving.Info.Rate, smooth));
            _writer = new VideoWriter(source.Output, source.Beside is null ? width : 3 * width, height, driving.Info.Rate, audioFrom: driving.Info.File);
        }

        public int Missed => _motion.Missed;

        public void Write(RgbImage frame, Training.FaceBatch observed)
        {
            var generated = _source.Reenactment.Next(_motion.Next(observed.Coefficients), observed.Image);
            _writer.Write((_source.Beside, _source.Paste) switch
            {
                ({ } source, _) => FrameRow.Join(source, frame, generated),
                (_, { } paste) => paste.Compose(generated),
                _ => generated,
            });
        }

        public void Complete() => _writer.Complete();

        public void Dispose()
        {
            _motion.Dispose();
            _writer.Dispose();
        }
    }
}
