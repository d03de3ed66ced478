using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

/// <summary>First Order Motion Model, Sec. 3.2, step by step.</summary>
public sealed class MotionStepsTests
{
    private static readonly Generator Random = new(17);

    [Fact]
    public void The_steps_are_those_of_the_motion()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        network.eval();
        var (reduced, source, driving) = (rand([2, 3, 8, 8], generator: Random), Points(), Points());

        var steps = network.Explain(reduced, source, driving);
        var motion = network.call(reduced, source, driving);

        TensorAssert.Close(motion.Deformation, steps.Motion.Deformation, 0);
        TensorAssert.Close(motion.Occlusion, steps.Motion.Occlusion, 0);
        TensorAssert.Close(motion.Features, steps.Motion.Features, 0);
        TensorAssert.Shape(steps.Heatmaps, 2, 4, 8, 8);
        TensorAssert.Shape(steps.Warped, 2, 4, 3, 8, 8);
    }

    [Fact]
    public void The_mask_shares_out_every_pixel_and_mixes_the_proposals()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        var (source, driving) = (Points(), Points());

        var steps = network.Explain(rand([2, 3, 8, 8], generator: Random), source, driving);

        TensorAssert.Close(ones(2, 8, 8), steps.Mask.sum([1]), 1e-5);
        Assert.True(steps.Mask.min().ToDouble() > 0);
        TensorAssert.Close((steps.Mask.unsqueeze(-1) * steps.Proposals).sum([1]), steps.Motion.Deformation, 1e-6);
        TensorAssert.Close(SparseMotion.FromKeypoints(source, driving, 8, 8), steps.Proposals, 0);
    }

    [Fact]
    public void The_background_neither_moves_nor_has_a_bump()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        var reduced = rand([2, 3, 8, 8], generator: Random);

        var steps = network.Explain(reduced, Points(), Points());

        Assert.Equal(0, steps.Heatmaps.select(1, 0).abs().max().ToDouble());
        TensorAssert.Close(reduced, steps.Warped.select(1, 0), 1e-6);
    }

    private static Keypoints Points() => new((1.6 * rand([2, 3, 2], generator: Random)) - 0.8);
}
