using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>The parts that all metrics add up with.</summary>
public sealed class AccumulationTests
{
    [Fact]
    public void An_exact_sum_is_the_rounded_true_sum_in_any_order() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20230618, 1),
        Prop.ForAll(Gen.Choose(-1_000_000, 1_000_000).Zip(Gen.Choose(-60, 60)).ListOf(30).ToArbitrary(), drawn =>
        {
            double[] values = [.. drawn.Select(pair => Math.ScaleB(pair.Item1, pair.Item2))];
            // All values are whole multiples of 2^-60, so integers hold their sum.
            var sum = values.Aggregate(BigInteger.Zero, (total, value) => total + new BigInteger(Math.ScaleB(value, 60)));
            double expected = Math.ScaleB((double)sum, -60);
            return Sum(values).Equals(Sum([.. values.Order()])) && Math.Abs(Sum(values) - expected) <= Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected);
        }));

    [Fact]
    public void An_exact_sum_forgets_nothing_that_cancels()
    {
        Assert.Equal(2, Sum([1e100, 1, -1e100, 1]));
        Assert.Equal(1, Sum([.. Enumerable.Repeat(0.1, 10)]));   // ten tenths, each rounded, make one
        Assert.Equal(0, Sum([]));
    }

    [Fact]
    public void A_bootstrap_covers_as_often_as_it_says()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(7);
        int covered = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            var metric = new MeanAbsoluteError { Bootstrap = new Bootstrap { Seed = trial } };
            metric.Update(rand([60, 3, 1, 1], generator: random), zeros(60, 3, 1, 1));
            var interval = metric.Interval(0.9)!.Value;
            if (interval.Lower <= 0.5 && interval.Upper >= 0.5)
                covered++;
        }
        Assert.InRange(covered, 166, 192);   // 180 expected, 4.2 standard deviation; percentile intervals cover a little less
    }

    [Fact]
    public void Workers_that_say_where_they_begin_merge_to_the_interval_of_a_single_pass()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(8);
        Tensor a = rand([10, 3, 2, 2], generator: random), b = rand([10, 3, 2, 2], generator: random);
        MeanAbsoluteError whole = Over(0, 10, 0), left = Over(0, 4, 0), right = Over(4, 6, 4);

        left.Merge(right);

        Assert.Equal(whole.Compute(), left.Compute());
        Assert.Equal(whole.Interval()!.Value.Lower, left.Interval()!.Value.Lower, 12);
        Assert.Equal(whole.Interval()!.Value.Upper, left.Interval()!.Value.Upper, 12);
        Assert.Throws<ArgumentException>(() => left.Merge(new MeanAbsoluteError()));
        Assert.Throws<ArgumentException>(() => left.Merge(new MeanAbsoluteError { Bootstrap = new Bootstrap { Seed = 1 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => left.Interval(1));
        Assert.Null(new MeanAbsoluteError().Interval());

        MeanAbsoluteError Over(int start, int count, int first)
        {
            var metric = new MeanAbsoluteError { Bootstrap = new Bootstrap { FirstSample = first } };
            metric.Update(a.narrow(0, start, count), b.narrow(0, start, count));
            return metric;
        }
    }

    [Fact]
    public void Reports_of_workers_merge()
    {
        using var scope = NewDisposeScope();
        Tensor a = rand([4, 3, 16, 16]), b = rand([4, 3, 16, 16]);
        MetricReport whole = MetricReport.ForReconstruction(16), left = MetricReport.ForReconstruction(16), right = MetricReport.ForReconstruction(16);
        whole.Update(a, b);
        left.Update(a.narrow(0, 0, 1), b.narrow(0, 0, 1));
        right.Update(a.narrow(0, 1, 3), b.narrow(0, 1, 3));

        left.Merge(right);

        Assert.All(whole.Compute(), metric => Assert.Equal(metric.Value, left.Compute()[metric.Key], 9));
        Assert.Throws<ArgumentException>(() => left.Merge(new MetricReport(new MeanAbsoluteError())));
    }

    private static double Sum(double[] values)
    {
        var half = new ExactSum();
        var sum = new ExactSum();
        foreach (var (index, value) in values.Index())
            (index % 2 == 0 ? half : sum).Add(value);
        sum.Add(half);
        return sum.Value;
    }
}
