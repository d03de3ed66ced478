using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>A driving video, shot by shot: first its faces are observed, then its frames are followed.</summary>
internal sealed class DrivingVideo : IDisposable
{
    // Frames that are observed together: the networks take half as long for a frame as with one alone.
    private const int Together = 4;

    private readonly AnimationOptions _options;
    private readonly int _size;
    private readonly List<string> _notes;
    private int _steps;

    /// <summary>Measures the video.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it drives.</param>
    /// <param name="size">Side of the frames.</param>
    /// <param name="modes">What the model can take from it.</param>
    public DrivingVideo(string path, AnimationOptions options, int size, IReadOnlyList<MotionMode> modes)
    {
        Info = VideoInfo.Probe(path, reading: options.Reading);
        (_options, _size) = (options, size);
        Shots = [.. (options.Shots ?? [new DrivingShot(new FrameSpan(0, Info.FrameCount), options.DrivingCrop, 0)]).Select(shot => new Shot(shot.Span, shot.Crop ?? Crop.Centre))];
        if (Shots.Sum(shot => shot.Span.Count) != Info.FrameCount)
            throw new ArgumentException($"The shots have {Shots.Sum(shot => shot.Span.Count)} frames and the video {Info.FrameCount}: find them anew, with the same reading.", nameof(options));
        if (options.ReferenceFrame is { } frame && (frame < 0 || frame >= Info.FrameCount))
            throw new DataException($"there is no frame {frame}", path, $"Choose a reference frame from 0 to {Info.FrameCount - 1}.");
        _notes = [.. Info.Notes];
        foreach (var shot in Shots.Skip(1))
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"a cut at frame {shot.Span.First} ({shot.Span.First / Info.Rate:0.00} s); tracking and reference begin anew"));
        if (options.Shots?.Max(shot => shot.People) is > 1 and var people)
            _notes.Add($"{people} faces in the driving video; one is followed, the largest unless --driving-face chooses another");
        Mode = options.Mode;
        if (Info.FrameCount > 1) return;
        if (Mode is MotionMode.Relative or MotionMode.RelativeUnscaled)
        {
            Mode = modes.Contains(MotionMode.FromNeutral) ? MotionMode.FromNeutral : MotionMode.Absolute;
            _notes.Add(Mode == MotionMode.Absolute
                ? "one driving picture has no motion of its own: its pose and expression are taken as they are (mode absolute)"
                : "one driving picture has no motion of its own: its expression is compared with a neutral one (mode from-neutral)");
        }
        else if (Mode is not (MotionMode.Absolute or MotionMode.FromNeutral))
        {
            _notes.Add("one driving picture has no motion of its own: in this mode the source stays as it is");
        }
    }

    /// <summary>The video as measured.</summary>
    public VideoInfo Info { get; }

    /// <summary>What is transferred: of one picture alone, nothing can be relative.</summary>
    public MotionMode Mode { get; }

    /// <summary>The shots, in order.</summary>
    public IReadOnlyList<Shot> Shots { get; }

    /// <summary>What one should know of it.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Frames whose face was bridged.</summary>
    public int Missed { get; private set; }

    /// <summary>Whether a reference has to be sought: a motion is relative to one, and none was named.</summary>
    public bool SeeksReference => Mode is MotionMode.Relative or MotionMode.RelativeUnscaled && _options.ReferenceFrame is null;

    /// <summary>Finds the face in every frame.</summary>
    /// <param name="observer">Finds them.</param>
    /// <param name="drives">Whether the faces drive the model; otherwise the reference is chosen by them, and there may be none.</param>
    /// <param name="progress">Receives the number of steps done, and of all.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="DataException">No face in any frame.</exception>
    public void Observe(FaceObserver observer, bool drives, IProgress<(int Done, int Count)>? progress, CancellationToken cancellation)
    {
        foreach (var shot in Shots)
        {
            using var scope = NewDisposeScope();
            List<FaceCoefficients> faces = [];
            foreach (var part in Read(shot).RunAhead(2 * Together).Chunk(Together).SideBySide(observer.Device, Seen, part => part.Free()))
            {
                cancellation.ThrowIfCancellationRequested();
                scope.Attach(part.Tensors);
                faces.Add(part);
                for (var frame = 0; frame < part.Count; frame++) progress?.Report(Step(observed: true));
            }
            shot.Faces = new DrivingFaces(FaceCoefficients.Concatenate(faces).DetachFromDisposeScope(), Info.Rate, observer.Reconstructor);
        }
        if (!drives) return;
        Missed = Shots.Sum(shot => shot.Faces!.Missed);
        if (!Shots.Any(shot => shot.Faces!.Any))
            throw new DataException("no face was found in the driving video", Info.File, "Use a video of one person, well lit and seen from the front, whose face is at least a tenth of the frame.");
        if (Missed > 0)
            _notes.Add($"no face, or one that is hidden or not sure, in {Missed} of {Info.FrameCount} frames; they are bridged from their neighbours{(Shots.Any(shot => shot.Faces!.First != 0) ? ", and the source rests before the first face" : "")}");

        FaceCoefficients Seen(RgbImage[] frames)
        {
            using var inner = NewDisposeScope();
            return observer.Observe(frames).Coefficients.DetachFromDisposeScope();
        }
    }

    /// <summary>Begins a shot for the portraits.</summary>
    /// <param name="shot">One of <see cref="Shots"/>.</param>
    /// <param name="portraits">What is animated.</param>
    /// <param name="drives">As for <see cref="Observe"/>.</param>
    /// <param name="reconstructor">Compares faces; null where none were looked for.</param>
    /// <param name="device">Where frames go.</param>
    public void Begin(Shot shot, IEnumerable<AnimatedPortrait> portraits, bool drives, IFaceReconstructor? reconstructor, Device device)
    {
        using var scope = NewDisposeScope();
        var wanted = _options.ReferenceFrame is { } number && number >= shot.Span.First && number < shot.Span.End ? number - shot.Span.First : -1;
        if (drives && wanted >= 0 && !shot.Faces!.IsSeen(wanted))
            throw new DataException($"there is no face in frame {wanted + shot.Span.First}", Info.File, "Choose another reference frame.");
        var references = new SortedSet<int>();
        foreach (var portrait in portraits)
        {
            var reference = wanted >= 0 ? wanted : Reference(shot, portrait.Face, reconstructor);
            if (drives)
            {
                var face = reference < 0 ? portrait.Face! : shot.Faces!.At(reference, portrait.Face!);
                portrait.Begin(null, face, Mode == MotionMode.Absolute ? portrait.Face : face);
            }
            else
            {
                portrait.Begin(reference < 0 ? null : FrameBatch.FromImages([Read(shot, reference, reference + 1).First()], device), null, null);
                reference = Math.Max(0, reference);
            }
            if (reference >= 0) references.Add(reference + shot.Span.First);
        }
        if (references.Count > 0 && Mode is not (MotionMode.Absolute or MotionMode.Disentangled or MotionMode.FromNeutral))
            _notes.Add($"reference: {string.Join(", ", references.Select(frame => string.Create(CultureInfo.InvariantCulture, $"frame {frame} ({frame / Info.Rate:0.00} s)")))}");
    }

    // -1: no face to go by.
    private int Reference(Shot shot, FaceCoefficients? source, IFaceReconstructor? reconstructor)
        => shot.Faces is not { } faces ? -1
        : _options.Reference == DrivingReference.First || source is null ? faces.First
        : faces.Nearest(source, reconstructor!);

    /// <summary>The frames of a shot, numbered in it.</summary>
    /// <param name="shot">One of <see cref="Shots"/>.</param>
    public IEnumerable<(int Index, RgbImage Frame)> Frames(Shot shot) => Read(shot).Index();

    /// <summary>Counts a step.</summary>
    /// <param name="observed">Whether frames are observed before they are followed.</param>
    public (int Done, int Count) Step(bool observed) => (++_steps, Info.FrameCount * (observed ? 2 : 1));

    /// <summary>Frees the faces.</summary>
    public void Dispose()
    {
        foreach (var shot in Shots) shot.Faces?.Dispose();
    }

    private IEnumerable<RgbImage> Read(Shot shot, int first = 0, int? end = null)
    {
        var range = new FrameRange(shot.Span.First + first, end is { } last ? shot.Span.First + last : shot.Span.End);
        using var video = VideoFrames.Open(Info, new VideoFramesOptions { Range = range, Crop = shot.Crop, Size = _size });
        foreach (var frame in video.ReadAll()) yield return frame;
    }

    /// <summary>A shot with its faces.</summary>
    internal sealed class Shot(FrameSpan span, Crop crop)
    {
        /// <summary>The frames.</summary>
        public FrameSpan Span { get; } = span;

        /// <summary>What is looked at.</summary>
        public Crop Crop { get; } = crop;

        /// <summary>The faces; null where none were looked for.</summary>
        public DrivingFaces? Faces { get; set; }
    }
}
