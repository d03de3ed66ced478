using PECHead.Research.Data;
using PECHead.Research.Perception;

namespace PECHead.Research.Animation;

/// <summary>A video that drives faces of a group.</summary>
/// <param name="File">The file.</param>
/// <param name="Shots">Its shots with a square each, from <see cref="TalkingHead.FindShots"/>; null: one shot.</param>
/// <param name="Reading">How it is read.</param>
public sealed record DrivingClip(string File, IReadOnlyList<DrivingShot>? Shots, VideoReading Reading);

/// <summary>Faces of one photograph on their way through the frames of their driving videos.</summary>
/// <param name="photograph">The photograph.</param>
internal sealed class FaceGroup(RgbImage photograph) : IDisposable
{
    private readonly List<DrivingVideo> _videos = [];
    private readonly List<AnimatedPortrait> _portraits = [];
    private readonly List<FacePaste> _pastes = [];
    private readonly List<Performance> _performances = [];

    /// <summary>Frames a second.</summary>
    public double Rate => _videos[0].Info.Rate;

    /// <summary>Whose sound goes along.</summary>
    public VideoInfo Sound => _videos[0].Info;

    /// <summary>Frames whose face was bridged, in all videos.</summary>
    public int Missed => _videos.Sum(video => video.Missed);

    /// <summary>Takes a driving video over.</summary>
    /// <exception cref="ArgumentException">Its rate is not that of the first.</exception>
    public DrivingVideo Add(DrivingVideo video)
    {
        _videos.Add(video);
        return Math.Abs(video.Info.Rate - Rate) < 1e-6 * Rate ? video : throw new ArgumentException($"'{video.Info.File}' is read at another rate than '{Sound.File}': give both one rate.");
    }

    /// <summary>Takes a face over, and how it is put back.</summary>
    public AnimatedPortrait Add(AnimatedPortrait portrait, FacePaste paste)
    {
        _portraits.Add(portrait);
        _pastes.Add(paste);
        return portrait;
    }

    /// <summary>Adds what plays one video to some faces; its faces are those added since the performance before.</summary>
    public void Add(Performance performance) => _performances.Add(performance);

    /// <summary>The whole photograph, frame by frame, until the shortest video ends.</summary>
    /// <param name="progress">Receives the number of steps done, and of all.</param>
    /// <param name="cancellation">Stops.</param>
    public IEnumerable<RgbImage> Pictures(IProgress<(int Done, int Count)>? progress, CancellationToken cancellation)
    {
        var shared = new SharedProgress(progress, _performances.Count);
        var streams = new List<IEnumerator<RgbImage[]>>();
        try
        {
            foreach (var (i, performance) in _performances.Index()) streams.Add(performance.Pictures(shared.Part(i), cancellation).GetEnumerator());
            while (streams.TrueForAll(stream => stream.MoveNext()))
            {
                var picture = photograph;
                foreach (var (face, paste) in streams.SelectMany(stream => stream.Current).Zip(_pastes)) picture = paste.Compose(face, picture);
                yield return picture;
            }
        }
        finally
        {
            foreach (var stream in streams) stream.Dispose();
        }
    }

    /// <summary>What one should know of the videos and the result.</summary>
    /// <param name="frames">Frames that were made.</param>
    public IEnumerable<string> Notes(int frames)
    {
        var longer = _videos.Where(video => video.Info.FrameCount > frames).Select(video => Path.GetFileName(video.Info.File)).ToList();
        if (longer.Count > 0) yield return $"the shortest driving video has {frames} frames: the rest of {string.Join(", ", longer)} is not used";
        foreach (var video in _videos)
            foreach (var note in video.Notes) yield return _videos.Count == 1 ? note : $"{Path.GetFileName(video.Info.File)}: {note}";
    }

    /// <summary>Frees videos and faces.</summary>
    public void Dispose()
    {
        foreach (var portrait in _portraits) portrait.Dispose();
        foreach (var video in _videos) video.Dispose();
    }

    /// <summary>One progress of several videos.</summary>
    private sealed class SharedProgress(IProgress<(int Done, int Count)>? whole, int parts)
    {
        private readonly (int Done, int Count)[] _parts = new (int, int)[parts];

        public IProgress<(int Done, int Count)>? Part(int part) => whole is null ? null : new One(this, part);

        private sealed class One(SharedProgress shared, int part) : IProgress<(int Done, int Count)>
        {
            public void Report((int Done, int Count) value)
            {
                shared._parts[part] = value;
                shared.Whole((shared._parts.Sum(one => one.Done), shared._parts.Sum(one => one.Count)));
            }
        }

        private void Whole((int Done, int Count) value) => whole!.Report(value);
    }
}
