using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class CoefficientFilterTests
{
    [Fact]
    public void Without_speed_the_filter_is_exponential_smoothing()
    {
        var filter = new OneEuroFilter(minimumCutoff: 1, speedCoefficient: 0);
        double step = 2 * Math.PI / 25, kept = 1 - (step / (step + 1));

        filter.Next([0], 0.04);
        double[] answers = [.. Enumerable.Range(1, 10).Select(_ => filter.Next([1], 0.04)[0])];

        Assert.All(answers.Index(), answer => Assert.Equal(1 - Math.Pow(kept, answer.Index + 1), answer.Item, 12));
    }

    [Fact]
    public void What_moves_fast_is_followed_sooner()
    {
        var (slow, quick) = (new OneEuroFilter(1, 0), new OneEuroFilter(1, 1));
        double lagSlow = 0, lagQuick = 0;
        for (int i = 0; i < 50; i++)
            (lagSlow, lagQuick) = (i - slow.Next([i], 0.04)[0], i - quick.Next([i], 0.04)[0]);
        Assert.InRange(lagQuick, 0, lagSlow / 3);
    }

    [Fact]
    public void A_still_clip_stays_and_a_noisy_one_becomes_steadier_the_stronger_the_filter()
    {
        using var scope = NewDisposeScope();
        var still = FaceCoefficientsTests.Random(1, 1).Select(zeros(40, ScalarType.Int64)) with { Score = ones(40) };
        var noisy = still with { Angles = still.Angles + (randn([40, 3], generator: new Generator(2)) * 0.01) };
        double Noise(FaceCoefficients clip) => (clip.Angles - still.Angles).slice(0, 10, 40, 1).std().ToDouble();

        TensorAssert.Close(still.Pose, Filter(still).Pose, 1e-6);
        Assert.InRange(Noise(Filter(noisy)), 0, 0.7 * Noise(noisy));
        Assert.InRange(Noise(Filter(noisy, strength: 4)), 0, 0.7 * Noise(Filter(noisy)));
    }

    [Fact]
    public void A_frame_without_a_face_is_left_and_its_time_counts()
    {
        using var scope = NewDisposeScope();
        var clip = FaceCoefficientsTests.Random(3, 1) with { Score = tensor(new[] { 1f, 0f, 1f }) };

        var filtered = Filter(clip);

        TensorAssert.Close(clip.Expression[1], filtered.Expression[1], 0);
        // Two frames at 25 a second are as one at 12.5.
        TensorAssert.Close(Filter(clip.Select(tensor(new long[] { 0, 2 })), framesPerSecond: 12.5).Expression[1], filtered.Expression[2], 1e-6);
    }

    [Fact]
    public void A_roll_beyond_half_a_turn_does_not_swing_back()
    {
        using var scope = NewDisposeScope();
        var clip = FaceCoefficientsTests.Random(1, 1).Select(zeros(2, ScalarType.Int64));
        clip = clip with { Score = ones(2), Angles = tensor(new[] { 0f, 0, 3.1f, 0, 0, -3.1f }, [2, 3]) };

        double roll = Filter(clip).Angles[1, 2].ToDouble();

        Assert.True(Math.Abs(roll) > 3.09, $"{roll}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(double.NaN)]
    public void A_strength_outside_of_its_range_is_refused(double strength)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new CoefficientFilter(25, strength));

    private static FaceCoefficients Filter(FaceCoefficients clip, double framesPerSecond = 25, double strength = 1)
    {
        var filter = new CoefficientFilter(framesPerSecond, strength);
        return FaceCoefficients.Concatenate([.. Enumerable.Range(0, (int)clip.Count).Select(frame => filter.Next(clip.Slice(frame, 1)))]);
    }
}
