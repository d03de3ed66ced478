using PECHead.Research.Flow;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Flow;

/// <summary>No motion at all, in no time.</summary>
internal sealed class StillFlow : IFlowEstimator
{
    public Tensor Estimate(Tensor current, Tensor previous)
        => zeros([current.size(0), current.size(2), current.size(3), 2], ScalarType.Float32, current.device);

    public void Dispose()
    {
    }
}
