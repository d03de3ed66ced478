using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Steadies the coefficients of a clip over time with a <see cref="OneEuroFilter"/>; identity and score stay as they are.</summary>
/// <remarks>
/// <b>Choice:</b> off by default everywhere, since metrics must see what the reconstructor sees. Speeds are counted in tenths
/// of a radian, units of β and twentieths of the half frame per second, so that one coefficient serves all.
/// </remarks>
public sealed record CoefficientFilter
{
    private const double AngleUnit = 0.1;
    private const double PlaceUnit = 0.05;

    /// <summary>Cutoff of what does not move, in Hz; positive.</summary>
    public double MinimumCutoff { get; init; } = 2;

    /// <summary>Cutoff gained per unit of speed, not negative.</summary>
    public double SpeedCoefficient { get; init; } = 0.5;

    /// <summary>Filters a clip. A frame without a face keeps the values of the frame before it.</summary>
    /// <param name="clip">Neighbouring frames in order.</param>
    /// <param name="framesPerSecond">Positive.</param>
    /// <returns>New tensors but for identity and score, in the type and on the device of the clip.</returns>
    public FaceCoefficients Apply(FaceCoefficients clip, double framesPerSecond)
    {
        FaceCoefficients.Require(clip, nameof(clip));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        int width = (int)clip.Expression.size(1) + FaceCoefficients.PoseSize;
        double[] units =
        [
            .. Enumerable.Repeat(AngleUnit, 3), .. Enumerable.Repeat(PlaceUnit, 6), .. Enumerable.Repeat(1.0, width - FaceCoefficients.PoseSize),
        ];
        double[] values = Values(cat([clip.Pose, clip.Expression], 1));
        double[] score = Values(clip.Score);
        Filter(values, score, units, framesPerSecond);

        var filtered = tensor(values, [clip.Count, width]).to(clip.Expression.dtype).to(clip.Expression.device);
        var result = FaceCoefficients.FromPose(
            clip.Identity, filtered.narrow(1, FaceCoefficients.PoseSize, width - FaceCoefficients.PoseSize),
            filtered.narrow(1, 0, FaceCoefficients.PoseSize), clip.Score);
        return (result with { Angles = EulerAngles.Wrap(result.Angles) }).MoveToOuterDisposeScope();
    }

    private void Filter(double[] values, double[] score, double[] units, double framesPerSecond)
    {
        var filter = new OneEuroFilter(MinimumCutoff, SpeedCoefficient);
        int width = units.Length;
        double[]? before = null;
        for (int frame = 0; frame < score.Length; frame++)
        {
            var row = values.AsSpan(frame * width, width);
            if (score[frame] <= 0 && before is not null)
                before.CopyTo(row);
            if (score[frame] <= 0)
                continue;
            for (int i = 0; i < 3 && before is not null; i++)
                row[i] = before[i] + Math.IEEERemainder(row[i] - before[i], 2 * Math.PI);
            double[] scaled = [.. row.ToArray().Zip(units, (value, unit) => value / unit)];
            before = [.. filter.Next(scaled, 1 / framesPerSecond).Zip(units, (value, unit) => value * unit)];
            before.CopyTo(row);
        }
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }
}
