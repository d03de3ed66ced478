using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Steadies the coefficients of a clip over time with a <see cref="OneEuroFilter"/>; identity and score stay as they are.</summary>
/// <remarks>
/// <b>Choice:</b> off unless a user asks for it, since metrics must see what the reconstructor sees. Speeds are counted in tenths
/// of a radian, units of β and twentieths of the half frame per second, so that one coefficient serves all.
/// </remarks>
public sealed class CoefficientFilter
{
    /// <summary>The greatest strength.</summary>
    public const double Strongest = 10;

    private const double MinimumCutoff = 2;
    private const double SpeedCoefficient = 0.5;
    private const double AngleUnit = 0.1;
    private const double PlaceUnit = 0.05;

    private readonly OneEuroFilter _filter;
    private readonly double _frameSeconds;
    private double[]? _before;
    private double _waited;

    /// <summary>A filter without a past.</summary>
    /// <param name="framesPerSecond">Positive.</param>
    /// <param name="strength">Above 0, at most <see cref="Strongest"/>: 1 lets through changes below 2 Hz when the face is still; 2 halves the cutoff, and the face follows later.</param>
    public CoefficientFilter(double framesPerSecond, double strength = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        if (strength is not (> 0 and <= Strongest))
            throw new ArgumentOutOfRangeException(nameof(strength), strength, $"A strength lies above 0 and is at most {Strongest}.");
        (_filter, _frameSeconds) = (new OneEuroFilter(MinimumCutoff / strength, SpeedCoefficient / strength), 1 / framesPerSecond);
    }

    /// <summary>Filters the next frame.</summary>
    /// <param name="frame">Coefficients of one frame. A frame without a face comes back as it is, and its time counts for the next one.</param>
    /// <returns>New tensors but for identity and score, in the type and on the device of the frame.</returns>
    /// <exception cref="ArgumentException">More than one frame.</exception>
    public FaceCoefficients Next(FaceCoefficients frame)
    {
        FaceCoefficients.Require(frame, nameof(frame));
        if (frame.Count != 1) throw new ArgumentException($"Expected one frame, received {frame.Count}.", nameof(frame));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _waited += _frameSeconds;
        if (frame.Score[0].ToDouble() <= 0) return frame;
        double[] values = cat([frame.Pose, frame.Expression], 1).detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        // Half a turn more or less is the same roll: the nearer one does not swing through the whole circle.
        for (int i = 0; i < 3 && _before is not null; i++)
            values[i] = _before[i] + Math.IEEERemainder(values[i] - _before[i], 2 * Math.PI);
        double[] scaled = [.. values.Select((value, i) => value / Unit(i))];
        _before = [.. _filter.Next(scaled, _waited).Select((value, i) => value * Unit(i))];
        _waited = 0;
        int expressions = values.Length - FaceCoefficients.PoseSize;
        var filtered = tensor(_before, [1, values.Length]).to(frame.Expression.dtype).to(frame.Expression.device);
        var result = FaceCoefficients.FromPose(
            frame.Identity, filtered.narrow(1, FaceCoefficients.PoseSize, expressions), filtered.narrow(1, 0, FaceCoefficients.PoseSize), frame.Score);
        return (result with { Angles = EulerAngles.Wrap(result.Angles) }).MoveToOuterDisposeScope();
    }

    private static double Unit(int value) => value switch { < 3 => AngleUnit, < FaceCoefficients.PoseSize => PlaceUnit, _ => 1 };
}
