using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

/// <summary>Sees no motion between frames.</summary>
internal sealed class StillFlow : IFlowEstimator
{
    public Tensor Estimate(Tensor frames, Tensor others) => zeros([frames.size(0), frames.size(2), frames.size(3), 2]);
}
