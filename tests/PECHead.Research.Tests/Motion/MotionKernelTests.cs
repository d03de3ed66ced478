using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

public sealed class MotionKernelTests
{
    private static readonly double[] Spread = [0.4, 1.5];

    private sealed record Case(int Batch, int Points, int Height, int Width, ProposalKind Kind, bool AlignCorners, bool Occlusion, double Spread);

    [Fact]
    public void One_pass_gives_the_motion_of_the_steps_one_by_one_for_any_points()
    {
        var cases =
            from batch in Gen.Choose(1, 2)
            from points in Gen.Choose(1, 19)
            from sides in Gen.Choose(1, 4).ArrayOf(2)
            from kind in Gen.Elements(ProposalKind.Shift, ProposalKind.Similarity)
            from flags in Gen.Elements(true, false).ArrayOf(2)
            from spread in Gen.Elements(Spread)
            select new Case(batch, points, 4 * sides[0], 4 * sides[1], kind, flags[0], flags[1], spread);
        Prop.ForAll(cases.ToArbitrary(), Compare).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Brain_floats_round_like_libtorch()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var values = cat([randn([1000], generator: generator), tensor(new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.MaxValue, 1.00390625f, 1.01171875f, float.Epsilon })]);
        var floats = values.data<float>().ToArray();
        var rounded = new ushort[floats.Length];
        var widened = new float[floats.Length];
        unsafe
        {
            fixed (float* from = floats, back = widened)
            {
                fixed (ushort* to = rounded)
                {
                    BrainFloats.Round(from, to, floats.Length);
                    BrainFloats.Widen(to, back, floats.Length);
                }
            }
        }

        Assert.Equal(values.to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray(), widened);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e30f)]
    public void Points_that_are_nowhere_read_nothing_outside_of_the_frame(float place)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var points = full([1, 3, 2], place);
        var maps = SparseMotion.Maps(new Keypoints(points), new Keypoints(zeros(1, 3, 2)), ProposalKind.Shift);

        var seen = MotionKernel.Look(ones(1, 3, 8, 8), maps, points, zeros(1, 3, 2), 0.01, alignCorners: true);

        TensorAssert.Close(ones(1, 3, 8, 8), seen.narrow(1, 1, 3), 1e-6, "the background");
        var others = seen.reshape(1, 4, 4, 8, 8).narrow(1, 1, 3).narrow(2, 1, 3);
        Assert.True((others.isnan() | (others == 0)).all().ToBoolean());
    }

    private static void Compare(Case given)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new DenseMotionNetwork(TinyConfigs.Model.Motion with
        {
            PointCount = given.Points,
            Proposals = given.Kind,
            AlignCorners = given.AlignCorners,
            EstimatesOcclusion = given.Occlusion,
        });
        network.eval();
        foreach (var parameter in network.parameters().Where(one => one.ndim == 4)) parameter.mul_(3);
        var reduced = rand(given.Batch, 3, given.Height, given.Width);
        Keypoints Points() => new(given.Spread * ((2 * rand(given.Batch, given.Points, 2)) - 1));
        var (source, driving) = (Points(), Points());

        var expected = network.Explain(reduced, source, driving);
        var maps = SparseMotion.Maps(source, driving, given.Kind);
        var seen = MotionKernel.Look(reduced, maps, source.Positions, driving.Positions, TinyConfigs.Model.Motion.HeatmapVariance, given.AlignCorners);
        var found = network.call(reduced, source, driving);

        TensorAssert.Close(cat([expected.Heatmaps.unsqueeze(2), expected.Warped], 2).flatten(1, 2), seen, 2e-5, $"what is seen, {given}");
        TensorAssert.Close(expected.Motion.Deformation, found.Deformation, 2e-4, $"deformation, {given}");
        TensorAssert.Close(expected.Motion.Occlusion, found.Occlusion, 2e-4, $"occlusion, {given}");
    }
}
