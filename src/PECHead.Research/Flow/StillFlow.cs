using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>No motion at all: exact where the source is one still picture.</summary>
public sealed class StillFlow : IFlowEstimator
{
    /// <inheritdoc/>
    public Tensor Estimate(Tensor current, Tensor previous)
    {
        TensorGuard.Shape(current, nameof(current), TensorGuard.Any, 3, TensorGuard.Any, TensorGuard.Any);
        TensorGuard.Shape(previous, nameof(previous), current.shape);
        return zeros([current.size(0), current.size(2), current.size(3), 2], ScalarType.Float32, current.device);
    }
}
