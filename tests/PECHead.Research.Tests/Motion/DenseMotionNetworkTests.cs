using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

public sealed class DenseMotionNetworkTests
{
    private static readonly Generator Random = new(13);

    // The mask sums to 1: whatever it is, a mixture of identities is the identity.
    [Fact]
    public void Forward_WithEqualKeypoints_GivesIdentityGrid()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        var points = new Keypoints(rand([2, 3, 2], generator: Random) * 2 - 1);

        var motion = network.call(rand([2, 3, 8, 8], generator: Random), points, points);

        TensorAssert.Close(
            CoordinateGrid.Create(8, 8, ScalarType.Float32, CPU).expand(2, 8, 8, 2), motion.Deformation, 1e-6);
    }

    [Fact]
    public void Forward_WithEverythingShifted_StaysBetweenNoShiftAndTheShift()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        var source = rand([2, 3, 2], generator: Random) - 0.5;

        var motion = network.call(
            rand([2, 3, 8, 8], generator: Random), new Keypoints(source), new Keypoints(source - 0.25));
        var shift = motion.Deformation - CoordinateGrid.Create(8, 8, ScalarType.Float32, CPU);

        Assert.InRange(shift.min().ToDouble(), 0, 0.25);
        Assert.InRange(shift.max().ToDouble(), 0, 0.25001);
        Assert.True(shift.max().ToDouble() > 0);
    }

    [Fact]
    public void Forward_GivesOcclusionAndFeaturesAtTheReducedSize()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        var reduced = network.Reduce(rand([2, 3, 32, 32], generator: Random));
        var points = new Keypoints(rand([2, 3, 2], generator: Random));

        var motion = network.call(reduced, points, points);

        TensorAssert.Shape(motion.Occlusion, 2, 1, 8, 8);
        TensorAssert.Shape(motion.Features, 2, 4 + 4 * 4, 8, 8);
    }

    [Fact]
    public void Occlusion_is_the_logistic_of_its_head_and_one_where_none_is_estimated()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        using var open = new DenseMotionNetwork(TinyConfigs.Model.Motion with { EstimatesOcclusion = false });
        var head = network.named_parameters().Where(p => p.Item1.StartsWith("occlusion.", StringComparison.Ordinal)).ToDictionary(p => p.Item1, p => p.Item2);
        head["occlusion.weight"].zero_();
        head["occlusion.bias"].fill_(-2);
        var (reduced, points) = (rand([2, 3, 8, 8], generator: Random), new Keypoints(rand([2, 3, 2], generator: Random)));

        TensorAssert.Close(full([2, 1, 8, 8], 1 / (1 + Math.Exp(2))), network.call(reduced, points, points).Occlusion, 1e-6);
        TensorAssert.Close(ones(2, 1, 8, 8), open.call(reduced, points, points).Occlusion, 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reduced_heads_read_what_a_block_makes_of_the_features_in_both_ways_to_the_motion(bool estimatesOcclusion)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion with
        {
            HeadInput = MotionHeadInput.Reduced,
            ReducedChannels = 5,
            EstimatesOcclusion = estimatesOcclusion,
        });
        network.eval();
        Accelerator.ChannelsLast(network);
        var reduced = Accelerator.ChannelsLast(rand([2, 3, 8, 8], generator: Random));
        var (source, driving) = (new Keypoints(rand([2, 3, 2], generator: Random)), new Keypoints(rand([2, 3, 2], generator: Random)));

        Assert.Equal([4, 5, 7, 7], network.state_dict()["mask.weight"].shape);
        var (motion, steps) = (network.call(reduced, source, driving), network.Explain(reduced, source, driving).Motion);
        TensorAssert.Shape(motion.Features, 2, 4 + 4 * 4, 8, 8);
        TensorAssert.Close(steps.Deformation, motion.Deformation, 1e-5);
        TensorAssert.Close(steps.Occlusion, motion.Occlusion, 1e-5);
        network.state_dict()["reduce.conv.weight"].zero_();
        Assert.True(network.call(reduced, source, driving).Deformation.sub(motion.Deformation).abs().max().ToDouble() > 1e-4);
    }

    [Fact]
    public void Forward_WithAnotherNumberOfPoints_SaysSo()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion);
        var points = new Keypoints(zeros(1, 4, 2));

        var error = Assert.Throws<ArgumentException>(() => network.call(zeros(1, 3, 8, 8), points, points));

        Assert.Contains("[1, 3, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 4, 2]", error.Message, StringComparison.Ordinal);
    }
}
