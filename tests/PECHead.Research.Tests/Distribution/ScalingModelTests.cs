using PECHead.Research.Distribution;

namespace PECHead.Research.Tests.Distribution;

public sealed class ScalingModelTests
{
    private static readonly RankLink Link = new(Bandwidth: 10e9, Latency: 2e-6);

    [Theory]
    // 2 (N - 1) / N of 400 MB at 10 GB/s, and 2 (N - 1) messages of 2 µs.
    [InlineData(4e8, 4, 0.060 + 12e-6)]
    [InlineData(4e8, 8, 0.070 + 28e-6)]
    [InlineData(4e8, 512, 0.07984375 + 2.044e-3)]
    // Two swap all of it at once.
    [InlineData(4e8, 2, 0.040 + 2e-6)]
    // A kilobyte doubles its way: log2 N messages of 2 µs and 0.1 µs.
    [InlineData(1e3, 8, 3 * 2.1e-6)]
    [InlineData(1e3, 512, 9 * 2.1e-6)]
    [InlineData(1e3, 5, 3 * 2.1e-6)]
    [InlineData(4e8, 1, 0)]
    public void An_all_reduce_takes_the_time_of_the_closed_form(double bytes, int ranks, double seconds)
        => Assert.Equal(seconds, new ScalingModel(Link).AllReduce(bytes, ranks), 1e-12);

    [Fact]
    public void A_step_waits_for_its_sums_and_a_GPU_copies_them_both_ways()
    {
        var model = new ScalingModel(Link) { BucketBytes = 1e8, StagingBandwidth = 20e9, StagingLatency = 1e-5 };
        var prediction = model.Predict(new RankWorkload(ComputeSeconds: 0.5, GradientBytes: 4e8, NormChannels: [250, 250]), 8);

        // Four buckets of 100 MB: 17.5 ms in the ring, 28 µs of latency, 10 ms of copies and 20 µs of their latency.
        Assert.Equal(4 * (0.0175 + 28e-6 + 0.010 + 20e-6), prediction.ExchangeSeconds, 1e-12);
        // Four sums of 4000 bytes.
        Assert.Equal(4 * ((3 * 2.4e-6) + 4e-7 + 20e-6), prediction.NormSeconds, 1e-12);
        Assert.Equal(0.5 + prediction.ExchangeSeconds + prediction.NormSeconds, prediction.StepSeconds, 1e-12);
        Assert.Equal(0.5 / prediction.StepSeconds, prediction.Efficiency, 1e-12);
    }

    [Fact]
    public void What_is_hidden_behind_the_computation_costs_nothing_and_one_rank_waits_for_nobody()
    {
        var work = new RankWorkload(ComputeSeconds: 0.1, GradientBytes: 4e8, NormChannels: []);
        var hidden = new ScalingModel(Link) { Overlap = 0.6, BucketBytes = 4e8 }.Predict(work, 8);
        Assert.Equal(0.1 + (0.070 + 28e-6) - 0.06, hidden.StepSeconds, 1e-12);
        Assert.Equal(0.1, new ScalingModel(Link) { Overlap = 1 }.Predict(work, 8).StepSeconds, 1e-12);
        Assert.Equal((0.1, 1.0), (new ScalingModel(Link).Predict(work, 1).StepSeconds, new ScalingModel(Link).Predict(work, 1).Efficiency));
    }

    [Fact]
    public void More_ranks_are_never_more_efficient()
    {
        var work = new RankWorkload(0.5, 2e8, [.. Enumerable.Repeat(64, 40)]);
        double[] efficiencies = [.. new[] { 1, 2, 4, 8, 64, 512 }.Select(ranks => new ScalingModel(Link).Predict(work, ranks).Efficiency)];
        Assert.Equal(efficiencies.OrderDescending(), efficiencies);
        Assert.All(efficiencies, efficiency => Assert.InRange(efficiency, 0.01, 1));
    }
}
