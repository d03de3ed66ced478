using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>Another estimator on reduced frames: a quarter of the time at half of the side, where the flow will move features only.</summary>
/// <remarks>
/// <b>Choice:</b> training estimates at half of the frame's side. Features lie at a quarter of it, and at full size the
/// default estimator takes as long as the whole training step of the model.
/// </remarks>
public sealed class ReducedFlow : IFlowEstimator
{
    private readonly IFlowEstimator _estimator;
    private readonly int _factor;

    /// <summary>Wraps an estimator, and takes it over.</summary>
    /// <param name="estimator">Sees the reduced frames.</param>
    /// <param name="factor">How many times smaller they are, at least 1.</param>
    public ReducedFlow(IFlowEstimator estimator, int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        (_estimator, _factor) = (estimator, factor);
    }

    /// <inheritdoc/>
    public Tensor Estimate(Tensor current, Tensor previous)
    {
        TensorGuard.Shape(current, nameof(current), TensorGuard.Any, 3, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(previous, nameof(previous), current.shape);
        if (Math.Min(current.size(2), current.size(3)) < _factor)
            throw new ArgumentException($"Expected frames of at least {_factor} px, received {current.size(3)}x{current.size(2)}.", nameof(current));
        using var scope = NewDisposeScope();
        var flow = _estimator.Estimate(nn.functional.avg_pool2d(current, _factor), nn.functional.avg_pool2d(previous, _factor));
        return FlowField.Resize(flow, current.size(2), current.size(3)).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the wrapped estimator.</summary>
    public void Dispose() => _estimator.Dispose();
}
