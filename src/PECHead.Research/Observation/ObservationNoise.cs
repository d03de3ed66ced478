using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>How far what a reconstructor finds trembles from frame to frame, and more of the same: the unreliable landmarks of a video.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.3: neighbouring frames differ in their landmarks without having moved, which is what context is for.
/// <b>Choice:</b> the deviation of a coefficient is that of white noise with the second differences of the recorded one,
/// median(|x(t−1) − 2x(t) + x(t+1)|) / 0.6745 / √6. Motion is smooth and hardly counts, and the median leaves blinks out.
/// </remarks>
internal sealed class ObservationNoise : IDisposable
{
    /// <summary>How much further an outlier lies off than the noise of its clip.</summary>
    private const double OutlierFactor = 4;
    private const double MedianOfNormal = 0.6745;

    private readonly Tensor _expression;    // [E]
    private readonly Tensor _angles;        // [3]
    private readonly Tensor _crop;          // [3]

    private ObservationNoise(Tensor expression, Tensor angles, Tensor crop) => (_expression, _angles, _crop) = (expression, angles, crop);

    /// <summary>Measures the noise of a store.</summary>
    /// <param name="all">The faces of all its frames.</param>
    /// <param name="index">Its clips; those of at least three frames are measured.</param>
    /// <exception cref="DataException">No clip has three frames.</exception>
    public static ObservationNoise Of(FaceCoefficients all, FrameStoreIndex index)
    {
        FaceCoefficients.Require(all, nameof(all));
        ArgumentNullException.ThrowIfNull(index);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        List<StoredClip> clips = [.. index.Clips.Where(clip => clip.Count >= 3)];
        if (clips.Count == 0) throw new DataException("no clip has three frames, from which the noise of the landmarks could be measured", null, "Add longer clips, or leave 'clips' out of the experiment.");
        Tensor Deviation(Tensor values) => (cat([.. clips.Select(clip => values.narrow(0, clip.First, clip.Count).diff(1, 0).diff(1, 0))], 0).abs().quantile(tensor(0.5f), 0)
            / (MedianOfNormal * Math.Sqrt(6))).DetachFromDisposeScope();
        return new ObservationNoise(Deviation(all.Expression), Deviation(all.Angles), Deviation(all.Crop));
    }

    /// <summary>Adds noise to every frame on its own.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <param name="level">[N]: multiples of the measured deviation.</param>
    /// <param name="outliers">Share of the frames that lie off four times as far, 0 to 1.</param>
    /// <param name="generator">Source of randomness, on the CPU.</param>
    /// <returns>New tensors of the surrounding dispose scope; identity, translation and score are the argument's.</returns>
    public FaceCoefficients Apply(FaceCoefficients coefficients, Tensor level, double outliers, Generator generator)
    {
        FaceCoefficients.Require(coefficients, nameof(coefficients));
        TensorGuard.Shape(level, nameof(level), coefficients.Count);
        TensorGuard.Shape(coefficients.Expression, nameof(coefficients), coefficients.Count, _expression.size(0));
        using var scope = NewDisposeScope();
        var device = coefficients.Angles.device;
        var off = rand([coefficients.Count, 1], generator: generator).lt(outliers).to(ScalarType.Float32);
        var size = level.unsqueeze(1) * (1 + ((OutlierFactor - 1) * off)).to(device);
        Tensor Trembling(Tensor values, Tensor deviation)
            => (values + (randn([values.size(0), values.size(1)], generator: generator).to(device) * deviation.to(device) * size)).MoveToOuterDisposeScope();
        return coefficients with
        {
            Expression = Trembling(coefficients.Expression, _expression),
            Angles = Trembling(coefficients.Angles, _angles),
            Crop = Trembling(coefficients.Crop, _crop),
        };
    }

    /// <summary>Frees the deviations.</summary>
    public void Dispose()
    {
        _expression.Dispose();
        _angles.Dispose();
        _crop.Dispose();
    }
}
