using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>T(z) = scale · Rot(angle) · z + shift, one per frame of a batch.</summary>
/// <param name="Angle">[N] in radians, counter-clockwise in the picture.</param>
/// <param name="LogScale">[N], logarithm of the scale.</param>
/// <param name="Shift">[N, 2], (x, y) in half frames, y down.</param>
/// <remarks>What a face reconstructor finds in a frame moved this way follows in closed form, so that nothing is to be reconstructed again.</remarks>
public sealed record SimilarityTransform(Tensor Angle, Tensor LogScale, Tensor Shift) : IPlaneTransform
{
    /// <summary>Draws a transform near the identity for each frame of a batch; it lives as long as the current dispose scope.</summary>
    /// <param name="batch">N, at least 1.</param>
    /// <param name="config">How far it departs from the identity.</param>
    /// <param name="generator">Source of randomness, on the CPU.</param>
    /// <param name="device">Device of the transform.</param>
    public static SimilarityTransform Random(long batch, SimilarityTransformConfig config, Generator generator, Device device)
    {
        var numbers = randn([batch, 4], generator: generator).to(device);
        return new SimilarityTransform(
            numbers.select(1, 0) * config.AngleDeviation, numbers.select(1, 1) * config.LogScaleDeviation, numbers.narrow(1, 2, 2) * config.ShiftDeviation);
    }

    /// <summary>Moves points.</summary>
    /// <param name="points">[N, P, 2], (x, y) in [-1, 1].</param>
    /// <returns>[N, P, 2].</returns>
    public Tensor Apply(Tensor points)
    {
        Require();
        TensorGuard.Shape(points, nameof(points), Angle.size(0), TensorGuard.Any, 2);
        using var scope = NewDisposeScope();
        var scale = LogScale.exp().unsqueeze(1);
        var (cos, sin) = (Angle.cos().unsqueeze(1) * scale, Angle.sin().unsqueeze(1) * scale);
        var (x, y) = (points.select(-1, 0), points.select(-1, 1));
        // y points down: counter-clockwise to the eye is clockwise to the axes.
        return (stack([(cos * x) + (sin * y), (cos * y) - (sin * x)], -1) + Shift.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>T⁻¹.</summary>
    public SimilarityTransform Inverse()
    {
        Require();
        var turn = new SimilarityTransform(-Angle, -LogScale, zeros_like(Shift));
        return turn with { Shift = -turn.Apply(Shift.unsqueeze(1)).squeeze(1) };
    }

    /// <inheritdoc/>
    public Tensor Warp(Tensor frames)
    {
        Require();
        TensorGuard.Shape(frames, nameof(frames), Angle.size(0), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        long batch = Angle.size(0), height = frames.size(2), width = frames.size(3);
        var grid = CoordinateGrid.CreateLike(height, width, Angle).reshape(1, -1, 2).expand(batch, height * width, 2);
        return Warping.Sample(frames, Apply(grid).reshape(batch, height, width, 2), alignCorners: true, GridSamplePaddingMode.Reflection)
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Keypoints Apply(Keypoints keypoints) => new(Apply(keypoints.Positions));

    private void Require()
    {
        TensorGuard.Shape(Angle, nameof(Angle), TensorGuard.Any);
        TensorGuard.Shape(LogScale, nameof(LogScale), Angle.size(0));
        TensorGuard.Shape(Shift, nameof(Shift), Angle.size(0), 2);
    }
}
