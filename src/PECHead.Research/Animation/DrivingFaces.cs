using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>The faces of a shot, frame by frame, bridged where none was found.</summary>
/// <remarks>
/// <b>Choice:</b> a frame counts as without a face when the networks find none, or are less than half as sure as in the shot on
/// the whole. A gap of up to a second runs straight from the face before it to the face after it; in a longer one the face
/// goes to rest within half a second, and comes back in the last half. Before the first face it rests.
/// </remarks>
internal sealed class DrivingFaces : IDisposable
{
    private const double LongSeconds = 1;
    private const double EaseSeconds = 0.5;
    private const double LowScore = 0.5;

    private readonly FaceCoefficients _frames;
    private readonly bool[] _seen;
    private readonly int _long;
    private readonly int _ease;

    /// <summary>Takes the faces over.</summary>
    /// <param name="frames">All frames of the shot, score 0 where there is no face.</param>
    /// <param name="rate">Frames per second.</param>
    public DrivingFaces(FaceCoefficients frames, double rate)
    {
        _frames = frames;
        var scores = frames.Score.cpu().to(ScalarType.Float32).data<float>().ToArray();
        var usual = scores.Where(score => score > 0).Order().ToArray() is { Length: > 0 } found ? found[found.Length / 2] : 0;
        _seen = [.. scores.Select(score => score > 0 && score >= LowScore * usual)];
        (_long, _ease) = ((int)Math.Round(LongSeconds * rate), Math.Max(1, (int)Math.Round(EaseSeconds * rate)));
    }

    /// <summary>Frames in which no face was found.</summary>
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
