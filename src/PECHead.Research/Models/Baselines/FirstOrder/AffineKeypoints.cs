using System.Runtime.InteropServices;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>K learned points a frame, each with the local affine part of the motion around it.</summary>
/// <param name="Positions">[N, K, 2], (x, y) in [-1, 1]; the ends are the centres of the border pixels.</param>
/// <param name="Jacobians">[N, K, 2, 2], from an unseen reference frame.</param>
public sealed record AffineKeypoints(Tensor Positions, Tensor Jacobians) : MotionState
{
    private double[]? _sizes;

    /// <summary>The points that a source takes when it moves as the driving frame did since its first frame.</summary>
    /// <param name="source">Points of the source.</param>
    /// <param name="driving">Points of the present driving frame.</param>
    /// <param name="first">Points of the first driving frame.</param>
    /// <param name="scale">Factors [N, 1, 1] of the movement of the positions; null for none.</param>
    /// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.4: k_s + a·(k_d − k_d0) and J_d J_d0⁻¹ J_s.</remarks>
    public static AffineKeypoints Relative(AffineKeypoints source, AffineKeypoints driving, AffineKeypoints first, Tensor? scale = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        ArgumentNullException.ThrowIfNull(first);
        driving.Require(nameof(driving), TensorGuard.Any, TensorGuard.Any);
        source.Require(nameof(source), driving.Positions.size(0), driving.Positions.size(1));
        first.Require(nameof(first), driving.Positions.size(0), driving.Positions.size(1));
        if (scale is not null) TensorGuard.Shape(scale, nameof(scale), driving.Positions.size(0), 1, 1);
        TensorGuard.Same(source.Jacobians, nameof(source), driving.Jacobians, nameof(driving));
        TensorGuard.Same(first.Jacobians, nameof(first), driving.Jacobians, nameof(driving));
        using var scope = NewDisposeScope();
        var moved = driving.Positions - first.Positions;
        var positions = source.Positions + (scale is null ? moved : scale * moved);
        var jacobians = FullPrecision.Product(FullPrecision.Product(driving.Jacobians, first.InverseJacobians(nameof(first))), source.Jacobians);
        return new AffineKeypoints(positions, jacobians).MoveToOuterDisposeScope();
    }

    /// <summary>How large the face of one set of points is beside that of another: the root of the ratio of the areas of their hulls.</summary>
    /// <param name="points">N sets.</param>
    /// <param name="others">N sets.</param>
    /// <returns>[N, 1, 1].</returns>
    public static Tensor RelativeSize(AffineKeypoints points, AffineKeypoints others)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(others);
        TensorGuard.Shape(points.Positions, nameof(points), TensorGuard.Some, TensorGuard.Some, 2);
        TensorGuard.Shape(others.Positions, nameof(others), points.Positions.size(0), TensorGuard.Some, 2);
        return RelativeMovement.Ratio(points.Sizes, others.Sizes, points.Positions);
    }

    /// <inheritdoc/>
    public override Keypoints? Keypoints => new(Positions);

    /// <inheritdoc/>
    public override Tensor? Axes => Jacobians;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Positions, Jacobians];

    private double[] Sizes => _sizes ??= RelativeMovement.Sizes(Positions);

    internal Tensor InverseJacobians(string name)
    {
        try
        {
            return Jacobians.inverse();
        }
        catch (ExternalException error)
        {
            throw new ArgumentException($"Expected Jacobians with an inverse, received singular ones among [{string.Join(", ", Jacobians.shape)}].", name, error);
        }
    }

    internal void Require(string name, long batch, long count)
    {
        TensorGuard.Shape(Positions, name, batch, count, 2);
        TensorGuard.Shape(Jacobians, name, Positions.size(0), Positions.size(1), 2, 2);
        TensorGuard.Same(Jacobians, name, Positions, "the positions");
    }
}
