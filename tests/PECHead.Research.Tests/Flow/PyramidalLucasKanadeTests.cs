using PECHead.Research.Flow;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Flow;

public sealed class PyramidalLucasKanadeTests
{
    private static readonly PyramidalLucasKanade Estimator = new();

    [Fact]
    public void Equal_frames_do_not_move()
    {
        using var scope = NewDisposeScope();
        var frames = Noise(2, 40, 56, 1);

        TensorAssert.Close(zeros(2, 40, 56, 2), Estimator.Estimate(frames, frames), 1e-4);     // sampling at whole pixels rounds
    }

    [Fact]
    public void A_plain_frame_has_no_flow_and_no_nonsense()
    {
        using var scope = NewDisposeScope();

        // The blurred frames are plain up to the rounding of float32.
        TensorAssert.Close(zeros(1, 32, 32, 2), Estimator.Estimate(full([1, 3, 32, 32], 0.25f), full([1, 3, 32, 32], 0.75f)), 5e-5);
    }

    [Fact]
    public void A_shift_to_the_right_and_up_is_found_in_that_direction()
    {
        using var scope = NewDisposeScope();
        var large = Noise(1, 80, 88, 3);
        var previous = large.narrow(2, 8, 64).narrow(3, 8, 72);
        var current = large.narrow(2, 11, 64).narrow(3, 2, 72);       // what was at z + (-6, 3) is now at z

        var flow = Estimator.Estimate(current, previous).narrow(1, 12, 40).narrow(2, 12, 48);

        TensorAssert.Close(tensor(new[] { -6f, 3f }).expand(1, 40, 48, 2), flow, 0.3);
    }

    [Fact]
    public void Bends_of_noise_are_found_to_a_fraction_of_a_pixel()
    {
        using var scope = NewDisposeScope();
        var motion = KnownMotion.Bend(Noise(3, 96, 96, 4), 0.03, 0.003, 5);

        Assert.All(motion.Errors(zeros_like(motion.Flow)), error => Assert.True(error > 0.8, $"{error} px is no motion to speak of"));
        Assert.All(motion.Errors(Estimator.Estimate(motion.Current, motion.Previous)), error => Assert.InRange(error, 0, 0.15));
    }

    [AssetFact]
    public void Bends_of_portraits_are_found_to_a_fraction_of_a_pixel()
    {
        using var scope = NewDisposeScope();
        var motion = KnownMotion.Bend(KnownMotion.Portraits(128), 0.03, 0.003, 6);

        double moved = motion.Errors(zeros_like(motion.Flow)).Average();
        double error = motion.Errors(Estimator.Estimate(motion.Current, motion.Previous)).Average();

        Assert.True(moved > 3, $"{moved} px");
        Assert.InRange(error, 0, 0.35);
    }

    [Fact]
    public void A_batch_gives_what_its_frames_give_alone()
    {
        using var scope = NewDisposeScope();
        var motion = KnownMotion.Bend(Noise(2, 48, 48, 7), 0.03, 0.003, 8);
        var together = Estimator.Estimate(motion.Current, motion.Previous);

        for (int i = 0; i < 2; i++)
        {
            var alone = Estimator.Estimate(motion.Current.narrow(0, i, 1), motion.Previous.narrow(0, i, 1));
            TensorAssert.Close(together.narrow(0, i, 1), alone, 1e-3);
        }
    }

    [Fact]
    public void The_deformation_of_a_flow_warps_the_previous_frame_into_the_current_one()
    {
        using var scope = NewDisposeScope();
        var motion = KnownMotion.Bend(Noise(2, 64, 64, 9), 0.03, 0.003, 10);

        var warped = Warping.Sample(motion.Previous, FlowField.ToDeformation(motion.Flow, 64, 64), alignCorners: true);

        TensorAssert.Close(motion.Current * motion.Valid.unsqueeze(1), warped * motion.Valid.unsqueeze(1), 1e-3);
    }

    [Fact]
    public void A_resized_flow_is_the_same_deformation()
    {
        using var scope = NewDisposeScope();
        var bend = KnownMotion.Bend(Noise(1, 64, 64, 11), 0.05, 0, 12);      // affine: bilinear resizing is exact

        var small = FlowField.Resize(bend.Flow, 16, 24);

        TensorAssert.Close(FlowField.ToDeformation(bend.Flow, 16, 24), FlowField.ToDeformation(small, 16, 24), 1e-5);
        Assert.Equal(bend.Flow[0, 0, 63, 0].ToDouble() * 23 / 63, small[0, 0, 23, 0].ToDouble(), 4);
        Assert.Equal(bend.Flow[0, 63, 0, 1].ToDouble() * 15 / 63, small[0, 15, 0, 1].ToDouble(), 4);
    }

    [Fact]
    public void Bad_frames_and_settings_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[1, 3, 8, 8]", Assert.Throws<ArgumentException>(() => Estimator.Estimate(rand(1, 3, 8, 8), rand(1, 3, 8, 9))).Message, StringComparison.Ordinal);
        Assert.Contains("4 px", Assert.Throws<ArgumentException>(() => Estimator.Estimate(rand(1, 3, 3, 8), rand(1, 3, 3, 8))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Estimator.Estimate(rand(1, 1, 8, 8), rand(1, 1, 8, 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PyramidalLucasKanade(new PyramidalLucasKanadeConfig { Smoothness = 0 }));
    }

    [Fact]
    public void Live_tensors_stay_as_many_as_they_were()
    {
        long before = 0;
        for (int i = 0; i < 3; i++)
        {
            using (NewDisposeScope())
                Estimator.Estimate(Noise(1, 24, 24, 13), Noise(1, 24, 24, 14));
            if (i == 0)
                before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Tensor Noise(long n, long height, long width, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var coarse = rand([n, 3, height / 8 + 2, width / 8 + 2], generator: generator);
        var fine = rand([n, 3, height / 3, width / 3], generator: generator);
        return (0.7 * Warping.ResizeMap(coarse, height, width) + 0.3 * Warping.ResizeMap(fine, height, width)).MoveToOuterDisposeScope();
    }
}
