using PECHead.Research.Data;

namespace PECHead.Research.Perception;

/// <summary>Frames of a driving video from one cut to the next, and whose face drives in them.</summary>
/// <param name="Span">The frames.</param>
/// <param name="Crop">Square around the head; null where no face was seen.</param>
/// <param name="People">Faces that are there most of the time.</param>
public sealed record DrivingShot(FrameSpan Span, Crop? Crop, int People);

/// <summary>Cuts a video into shots, and finds the head in each of them.</summary>
/// <remarks>
/// <b>Choice:</b> a hand, a flash or a black moment is no cut: where a part is short or shows nobody, and the pictures before
/// and after it look alike, the shot goes on. People are there in a quarter of the frames at least, and a fifth as large as the largest:
/// what is smaller is mostly no face.
/// </remarks>
/// <param name="heads">Finds the heads.</param>
public sealed class ShotFinder(HeadFinder heads)
{
    private const double ShortSeconds = 0.5;
    private const int LookSide = 64;
    private const double AlikeLevels = 16;
    private const double PresentShare = 0.25;
    private const double LeastShare = 0.2 * 0.2;    // of the largest one's area

    /// <summary>Finds the shots.</summary>
    /// <param name="video">The video.</param>
    /// <param name="face">Which face of every shot, 1 for the one that fills most of its frames; where a shot has fewer, that one.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <returns>At least one; together all frames.</returns>
    /// <exception cref="DataException">No shot has so many faces, or the video cannot be read.</exception>
    public IReadOnlyList<DrivingShot> Find(VideoInfo video, int face = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(video);
        ArgumentOutOfRangeException.ThrowIfLessThan(face, 1);
        cancellation = AmbientCancellation.Or(cancellation);
        int[] starts = [0, .. SceneCuts.Of(video, cancellation: cancellation), video.FrameCount];
        var parts = Enumerable.Range(0, starts.Length - 1).Select(i => new FrameSpan(starts[i], starts[i + 1] - starts[i]))
            .Select(span => (Span: span, People: heads.People(video, span, cancellation))).ToList();
        Join(video, parts, cancellation);
        DrivingShot[] shots = [.. parts.Select(part => Shot(video, part.Span, part.People, face))];
        var most = shots.Max(shot => shot.People);
        return face == 1 || face <= most
            ? shots
            : throw new DataException(
                most switch { 0 => "no face was seen in the driving video", 1 => $"there is one face in the driving video, and no number {face}", _ => $"there are {most} faces in the driving video, and no number {face}" },
                video.File, most > 1 ? $"Choose --driving-face 1 (the largest) to {most}." : "Leave --driving-face out.");
    }

    private DrivingShot Shot(VideoInfo video, FrameSpan span, List<List<FaceBox>> people, int face)
    {
        double Size(List<FaceBox> person) => person.Average(box => box.Area);
        var present = people.Where(person => person.Count >= PresentShare * people.Max(other => other.Count) && Size(person) >= LeastShare * people.Max(Size)).ToList();
        var chosen = present.Count == 0 ? null : present[Math.Min(face, present.Count) - 1];
        return new DrivingShot(span, chosen is null ? null : heads.Of([chosen], video.Width, video.Height), present.Count);
    }

    private void Join(VideoInfo video, List<(FrameSpan Span, List<List<FaceBox>> People)> parts, CancellationToken cancellation)
    {
        for (var i = 0; i < parts.Count && parts.Count > 1;)
        {
            var (span, people) = parts[i];
            var joined = (First: i, Last: i);
            if (people.Count == 0 && (i == 0 || i == parts.Count - 1))
                joined = i == 0 ? (0, 1) : (i - 1, i);
            else if (i > 0 && i < parts.Count - 1 && (people.Count == 0 || span.Count < ShortSeconds * video.Rate) && Alike(video, span.First - 1, span.End))
                joined = (i - 1, i + 1);
            if (joined.First == joined.Last)
            {
                i++;
                continue;
            }
            var (first, end) = (parts[joined.First].Span.First, parts[joined.Last].Span.End);
            var whole = new FrameSpan(first, end - first);
            parts.RemoveRange(joined.First, joined.Last - joined.First + 1);
            parts.Insert(joined.First, (whole, heads.People(video, whole, cancellation)));
            i = joined.First;
            if (parts[i].People.Count == 0) i++;
        }
    }

    private static bool Alike(VideoInfo video, int before, int after)
    {
        RgbImage one = Look(video, before), other = Look(video, after);
        var sum = 0L;
        for (var i = 0; i < one.Pixels.Length; i++) sum += Math.Abs(one.Pixels[i] - other.Pixels[i]);
        return sum < AlikeLevels * one.Pixels.Length;
    }

    private static RgbImage Look(VideoInfo video, int frame)
    {
        using var frames = VideoFrames.Open(video, new VideoFramesOptions { Range = new FrameRange(frame, frame + 1), Crop = Crop.Centre, Size = LookSide });
        return frames.ReadAll().First();
    }
}
