using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

/// <summary>What a training step with a deformable convolution leaves behind. It runs alone: it looks at the memory of the process.</summary>
[CollectionDefinition(nameof(DeformableMemoryTests), DisableParallelization = true)]
[Collection(nameof(DeformableMemoryTests))]
public sealed class DeformableMemoryTests
{
    [Fact]
    public void Memory_is_flat_over_two_thousand_steps()
    {
        using var scope = NewDisposeScope();
        var input = randn([1, 16, 24, 24]).requires_grad_();
        var offset = randn([1, 36, 24, 24]).requires_grad_();
        var weight = randn([16, 16, 3, 3]).requires_grad_();
        var mask = rand([1, 18, 24, 24]).requires_grad_();
        var bias = randn([16]).requires_grad_();
        Step(100);
        long tensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount, bytes = Resident();

        Step(2000);

        // A step that kept its output alone would keep 70 MB.
        Assert.Equal(tensors, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.InRange(Resident() - bytes, long.MinValue, 30L << 20);

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var step = NewDisposeScope();
                DeformableConvolution.Apply(input, offset, weight, bias, padding: (1, 1), mask: mask).square().mean().backward();
                foreach (var argument in new[] { input, offset, weight, mask, bias }) argument.grad!.zero_();
            }
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Environment.WorkingSet;
    }
}
