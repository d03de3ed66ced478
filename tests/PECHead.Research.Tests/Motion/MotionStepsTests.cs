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

        TensorAssert.Close(motion.Deformation, steps.Motion.Deformation, 1e-6);
        TensorAssert.Close(motion.Occlusion, steps.Motion.Occlusion, 1e-6);
        TensorAssert.Close(motion.Features, steps.Motion.Features, 1e-6);
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
        TensorAssert.Close(SparseMotion.FromKeypoints(source, driving, 8, 8, new DenseMotionConfig().Proposals), steps.Proposals, 0);
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

    [Fact]
    public void A_heatmap_is_the_driving_bump_minus_the_source_bump()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion with { HeatmapVariance = 0.01 });
        // Places of a grid of 8: the third column and row are at -3/7, the sixth at 3/7.
        var (source, driving) = (new Keypoints(full([1, 3, 2], -3.0 / 7)), new Keypoints(full([1, 3, 2], 3.0 / 7)));

        var maps = network.Explain(rand([1, 3, 8, 8], generator: Random), source, driving).Heatmaps[0, 1];

        Assert.Equal(1, maps[5, 5].ToDouble(), 5);
        Assert.Equal(-1, maps[2, 2].ToDouble(), 5);
        Assert.Equal(Math.Exp(-(2.0 / 7 * 2 / 7) / 0.02), maps[5, 6].ToDouble(), 5);
    }

    [Fact]
    public void Sides_that_the_hourglass_cannot_halve_are_refused_one_by_one()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        foreach (var (height, width) in new[] { (10, 8), (8, 10) })
            Assert.Contains("multiples of 4", Assert.Throws<ArgumentException>(() => network.Explain(zeros(2, 3, height, width), Points(), Points())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_motions_are_mixed_by_their_share()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var mixture = new MixedMotion(2, 3);
        var parameters = mixture.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        parameters["share.weight"].zero_();
        parameters["share.bias"].fill_(Math.Log(3));    // a share of three quarters
        MotionField Motion(double at, double occlusion, long channels) => new(full([1, 4, 4, 2], at), full([1, 1, 4, 4], occlusion), full([1, channels, 4, 4], at));

        var mixed = mixture.call([Motion(0.8, 1, 2), Motion(0, 0.2, 3)]);

        TensorAssert.Close(full([1, 4, 4, 2], 0.6), mixed.Deformation, 1e-6, "deformation");
        TensorAssert.Close(full([1, 1, 4, 4], 0.8), mixed.Occlusion, 1e-6, "occlusion");
        TensorAssert.Close(zeros(1, 3, 4, 4), mixed.Features, 0, "features");
    }
}
