using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>The faces of a shot, frame by frame, bridged where none was found.</summary>
/// <remarks>
/// <b>Choice:</b> a frame counts as without a face when the networks find none, are less than half as sure as in the shot on
/// the whole, or see a face that something hides. A gap of up to a second runs straight from the face before it to the face after it; in
/// a longer one the face goes to rest within half a second, and comes back in the last half. Before the first face it rests.
/// Something hides the face for at most a second where the expression leaves its way and comes back, and the networks are less sure all
/// the while: a quick expression of one's own leaves them as sure as before. What counts is by how much the score drops, by how much farther
/// the expression is than the way from the frame before to the frame after, and both multiplied. With these numbers no frame of the
/// embedded videos (6,122) counts as hidden, at their full rate, half and a third of it, at 64 and 128 px.
/// </remarks>
internal sealed class DrivingFaces : IDisposable
{
    private const double LongSeconds = 1;
    private const double EaseSeconds = 0.5;
    private const double LowScore = 0.5;
    private const double LeastDrop = 0.04;
    private const double LeastWay = 1.25;
    private const double LeastOfBoth = 0.08;
    private const double UsualSteps = 3;

    private readonly FaceCoefficients _frames;
    private readonly bool[] _seen;
    private readonly int _long;
    private readonly int _ease;

    /// <summary>Takes the faces over.</summary>
    /// <param name="frames">All frames of the shot, score 0 where there is no face.</param>
    /// <param name="rate">Frames per second.</param>
    /// <param name="reconstructor">Tells the person of the shot from his expressions.</param>
    public DrivingFaces(FaceCoefficients frames, double rate, IFaceReconstructor reconstructor)
    {
        _frames = frames;
        var scores = FrameImage.Values(frames.Score);
        var usual = scores.Where(score => score > 0).Order().ToArray() is { Length: > 0 } found ? found[found.Length / 2] : 0;
        _seen = [.. scores.Select(score => score > 0 && score >= LowScore * usual)];
        (_long, _ease) = ((int)Math.Round(LongSeconds * rate), Math.Max(1, (int)Math.Round(EaseSeconds * rate)));
        foreach (var frame in Hidden(scores, reconstructor)) _seen[frame] = false;
    }

    /// <summary>Frames in which no face was found, or one that is hidden or unsure.</summary>
    public int Missed => _seen.Count(seen => !seen);

    /// <summary>Whether there is a face in any frame.</summary>
    public bool Any => _seen.Contains(true);

    /// <summary>The first frame with a face; -1 where there is none.</summary>
    public int First => Array.IndexOf(_seen, true);

    /// <summary>Whether there is a face in a frame.</summary>
    public bool IsSeen(int frame) => _seen[frame];

    /// <summary>The frame whose pose and expression are nearest to those of a source; -1 where there is no face.</summary>
    /// <param name="source">One frame.</param>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    /// <remarks><b>Choice:</b> the mean distance of the landmarks that the source's face would have, where the source stands.</remarks>
    public int Nearest(FaceCoefficients source, IFaceReconstructor reconstructor)
    {
        if (!Any) return -1;
        using var scope = NewDisposeScope();
        int[] seen = [.. Enumerable.Range(0, _seen.Length).Where(IsSeen)];
        var driving = _frames.Select(tensor(seen.Select(frame => (long)frame).ToArray(), device: _frames.Score.device));
        Tensor All(Tensor one) => one.expand(seen.Length, -1);
        var posed = new FaceCoefficients(All(source.Identity), driving.Expression, driving.Angles, All(source.Translation), All(source.Crop), driving.Score);
        var distance = (reconstructor.Landmarks(posed) - reconstructor.Landmarks(source)).square().sum(2).sqrt().mean([1]);
        return seen[distance.argmin().item<long>()];
    }

    /// <summary>The face that drives in a frame.</summary>
    /// <param name="frame">Index in the shot.</param>
    /// <param name="rest">The face at rest.</param>
    public FaceCoefficients At(int frame, FaceCoefficients rest)
    {
        if (_seen[frame]) return Frame(frame);
        int before = Array.LastIndexOf(_seen, true, frame), after = Array.IndexOf(_seen, true, frame);
        if (before < 0 && after < 0) return rest;
        if (before < 0) return Blend(rest, Frame(after), Ease(1 - ((after - frame) / (_ease + 1.0))));
        if (after < 0) return frame - before <= _long ? Frame(before) : Blend(Frame(before), rest, Ease((frame - before - _long) / (_ease + 1.0)));
        if (after - before - 1 <= _long) return Blend(Frame(before), Frame(after), (double)(frame - before) / (after - before));
        return frame - before < after - frame
            ? Blend(Frame(before), rest, Ease((frame - before) / (_ease + 1.0)))
            : Blend(rest, Frame(after), Ease(1 - ((after - frame) / (_ease + 1.0))));
    }

    /// <summary>Frees the faces.</summary>
    public void Dispose() => _frames.Dispose();

    // Of the shortest parts in which the expression is far from that of the frames before and after them, and the score lower: the frames that are far.
    private List<int> Hidden(float[] scores, IFaceReconstructor reconstructor)
    {
        var hidden = new List<int>();
        if (!Any) return hidden;
        var way = Ways(reconstructor);
        double[] steps = [.. Enumerable.Range(1, scores.Length - 1).Where(i => _seen[i] && _seen[i - 1]).Select(i => way(i - 1, i)).Order()];
        for (var first = 1; first < scores.Length - 1 && steps.Length > 0; first++)
        {
            if (!_seen[first - 1] || scores[first] >= scores[first - 1]) continue;
            for (var after = first + 1; after < Math.Min(scores.Length, first + _long + 1); after++)
            {
                if (!_seen[after] || Drop(scores, first, after) is var drop && drop < LeastDrop) continue;
                double Far(int frame) => Math.Min(way(first - 1, frame), way(frame, after));
                int[] part = [.. Enumerable.Range(first, after - first)];
                var unit = Math.Max(UsualSteps * steps[steps.Length / 2], way(first - 1, after));
                var far = part.Select(Far).Order().ElementAt(part.Length / 2) / unit;
                if (far <= LeastWay || far * drop <= LeastOfBoth) continue;
                hidden.AddRange(part.Where(frame => Far(frame) > LeastWay / 2 * unit));
                first = after;
                break;
            }
        }
        return hidden;
    }

    // The share of the score that is lost in a part, on the whole; 0 where a frame of it is as sure as the frames before and after.
    private static double Drop(float[] scores, int first, int after)
    {
        var (part, sure) = (scores[first..after], Math.Min(scores[first - 1], scores[after]));
        return part.Max() < sure ? 1 - (part.Average() / sure) : 0;
    }

    // How far apart the expressions of two frames are. Of one frame alone, a part of them passes for the person.
    private Func<int, int, double> Ways(IFaceReconstructor reconstructor)
    {
        using var scope = NewDisposeScope();
        var width = (int)_frames.Expression.size(1);
        var values = FrameImage.Values(reconstructor.ShareIdentity(_frames).Expression);
        return (from, to) =>
        {
            var sum = 0.0;
            for (var i = 0; i < width; i++)
            {
                var change = values[(from * width) + i] - values[(to * width) + i];
                sum += change * change;
            }
            return Math.Sqrt(sum);
        };
    }

    private FaceCoefficients Frame(int frame) => _frames.Slice(frame, 1);

    private static double Ease(double part)
    {
        var t = Math.Clamp(part, 0, 1);
        return t * t * (3 - (2 * t));
    }

    private static FaceCoefficients Blend(FaceCoefficients from, FaceCoefficients to, double part) => to with
    {
        Expression = from.Expression + (part * (to.Expression - from.Expression)),
        Angles = EulerAngles.Wrap(from.Angles + (part * EulerAngles.Wrap(to.Angles - from.Angles))),
        Translation = from.Translation + (part * (to.Translation - from.Translation)),
        Crop = from.Crop + (part * (to.Crop - from.Crop)),
        Score = ones_like(to.Score),
    };
}
