using System.Runtime.InteropServices;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>K learned points a frame, each with the local affine part of the motion around it.</summary>
/// <param name="Positions">[N, K, 2], (x, y) in [-1, 1]; the ends are the centres of the border pixels.</param>
/// <param name="Jacobians">[N, K, 2, 2], from an unseen reference frame.</param>
public readonly record struct AffineKeypoints(Tensor Positions, Tensor Jacobians)
{
    /// <summary>The points that a source takes when it moves as the driving frame did since its first frame.</summary>
    /// <param name="source">Points of the source.</param>
    /// <param name="driving">Points of the present driving frame.</param>
    /// <param name="first">Points of the first driving frame.</param>
    /// <param name="scale">Factor of the movement of the positions; 1 for none.</param>
    /// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.4: k_s + a·(k_d − k_d0) and J_d J_d0⁻¹ J_s.</remarks>
    public static AffineKeypoints Relative(AffineKeypoints source, AffineKeypoints driving, AffineKeypoints first, double scale = 1)
    {
        driving.Require(nameof(driving), TensorGuard.Any, TensorGuard.Any);
        source.Require(nameof(source), driving.Positions.size(0), driving.Positions.size(1));
        first.Require(nameof(first), driving.Positions.size(0), driving.Positions.size(1));
        TensorGuard.Same(source.Jacobians, nameof(source), driving.Jacobians, nameof(driving));
        TensorGuard.Same(first.Jacobians, nameof(first), driving.Jacobians, nameof(driving));
        using var scope = NewDisposeScope();
        var positions = source.Positions + scale * (driving.Positions - first.Positions);
        var jacobians = driving.Jacobians.matmul(first.InverseJacobians(nameof(first))).matmul(source.Jacobians);
        return new AffineKeypoints(positions, jacobians).MoveToOuterDisposeScope();
    }

    /// <summary>Hands the tensors to the surrounding dispose scope.</summary>
    public AffineKeypoints MoveToOuterDisposeScope() => new(Positions.MoveToOuterDisposeScope(), Jacobians.MoveToOuterDisposeScope());

    /// <summary>Takes the tensors out of every dispose scope: the caller disposes them.</summary>
    public AffineKeypoints DetachFromDisposeScope() => new(Positions.DetachFromDisposeScope(), Jacobians.DetachFromDisposeScope());

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
