using PECHead.Research.Flow;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Flow;

public sealed class ReducedFlowTests
{
    [Fact]
    public void A_shift_that_the_reduced_frames_show_is_as_many_times_larger_in_the_frames()
    {
        using var scope = NewDisposeScope();
        var flow = new ReducedFlow(new Constant(), 2).Estimate(rand(2, 3, 64, 48), rand(2, 3, 64, 48));
        Assert.Equal([2, 64, 48, 2], flow.shape);
        // Ends at pixel centres: 63 pixels are spanned where there were 31.
        TensorAssert.Close(ones(2, 64, 48) * (47.0 / 23), flow.select(-1, 0), 1e-5, "x");
        TensorAssert.Close(ones(2, 64, 48) * (63.0 / 31), flow.select(-1, 1), 1e-5, "y");
    }

    private sealed class Constant : IFlowEstimator
    {
        public Tensor Estimate(Tensor current, Tensor previous) => ones(current.size(0), current.size(2), current.size(3), 2);

        public void Dispose()
        {
        }
    }
}
