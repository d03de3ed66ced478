using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Distribution;
using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>What holds for every metric, whatever it measures.</summary>
public sealed class MetricLawTests
{
    private const int Samples = 9;

    public static TheoryData<string> Names => [.. MetricSubject.All.Select(subject => subject.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Identical_inputs_are_perfect(string name) => ForSeeds(name, (subject, random) =>
    {
        var samples = subject.Draw(Samples, random);
        return Math.Abs(subject.Over(samples, samples).Compute() - subject.Perfect) < 1e-9;
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void More_noise_is_worse(string name) => ForSeeds(name, (subject, random) =>
    {
        var samples = subject.Draw(Samples, random);
        long seed = random.initial_seed();
        double[] values = [.. new[] { 0, 0.1, 0.3, 1 }.Select(strength =>
        {
            using var same = new Generator((ulong)seed + 1);
            return subject.Over(strength == 0 ? samples : subject.Distort(samples, strength, same), samples).Compute();
        })];
        return Worsens(subject, values);
    });

    [Theory]
    [InlineData("L1")]
    [InlineData("PSNR")]
    [InlineData("SSIM")]
    [InlineData("MS-SSIM@256")]
    public void More_blur_and_a_longer_shift_are_worse(string name) => ForSeeds(name, (subject, random) =>
    {
        var frames = MetricSubject.Pictures(2, random);
        double[] blurred = [.. new long[] { 0, 1, 2, 4 }.Select(radius => subject.Over(
            nn.functional.avg_pool2d(frames, 2 * radius + 1, 1, radius, count_include_pad: false), frames).Compute())];
        // Pictures change over about five pixels: a shift within that is always worse than a smaller one.
        double[] shifted = [.. new long[] { 0, 1, 2, 3 }.Select(pixels => subject.Over(
            cat([frames.narrow(3, 0, 1).expand(2, 3, 24, pixels), frames.narrow(3, 0, 24 - pixels)], 3), frames).Compute())];
        return Worsens(subject, blurred) && Worsens(subject, shifted);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Neither_batches_nor_workers_change_the_number(string name) => ForSeeds(name, (subject, random) =>
    {
        var samples = subject.Draw(Samples, random);
        var generated = subject.Distort(samples, 0.5, random);
        double whole = subject.Over(generated, samples).Compute();

        var batches = subject.Create();
        foreach (var (start, length) in new[] { (0L, 1L), (1L, 3L), (4L, 5L) })
            subject.Feed(batches, generated.narrow(0, start, length), samples.narrow(0, start, length));
        Metric left = subject.Over(generated.narrow(0, 0, 4), samples.narrow(0, 0, 4)), right = subject.Over(generated.narrow(0, 4, 5), samples.narrow(0, 4, 5));
        right.Merge(left);

        // Windows across the cut belong to no worker: metrics over time are merged by whole clips.
        bool merged = right is LandmarkMotionMetric || (right.Count == batches.Count && Near(right.Compute(), whole));
        return Near(batches.Compute(), whole) && merged;
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_worker_in_another_process_has_gathered_arrives_bit_for_bit(string name) => ForSeeds(name, (subject, random) =>
    {
        var samples = subject.Draw(Samples, random);
        var generated = subject.Distort(samples, 0.5, random);
        var (here, there) = (subject.Over(generated.narrow(0, 0, 4), samples.narrow(0, 0, 4)), subject.Over(generated.narrow(0, 4, 5), samples.narrow(0, 4, 5)));
        there.Skipped.Add("no face", 3);
        var arrived = subject.Over(samples, samples);
        Packed.Read(Packed.Write(there.Write), arrived.Read);
        var merged = subject.Over(generated.narrow(0, 0, 4), samples.narrow(0, 0, 4));
        merged.Merge(arrived);
        here.Merge(there);
        return merged.Compute() == here.Compute() && merged.Count == here.Count && merged.Interval() == here.Interval() && merged.Skipped.ToString() == here.Skipped.ToString()
            && here.Skipped.Total == 3;
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void The_order_of_samples_does_not_matter(string name) => ForSeeds(name, (subject, random) =>
    {
        if (subject.Create() is LandmarkMotionMetric)
            return true;
        var samples = subject.Draw(Samples, random);
        var generated = subject.Distort(samples, 0.5, random);
        var order = randperm(Samples, generator: random);
        return Near(
            subject.Over(generated, samples).Compute(),
            subject.Over(generated.index_select(0, order), samples.index_select(0, order)).Compute());
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_no_number_is_an_error_and_leaves_the_metric_as_it_was(string name) => ForSeeds(name, (subject, random) =>
    {
        var samples = subject.Draw(Samples, random);
        var generated = subject.Distort(samples, 0.5, random);
        var metric = subject.Over(generated, samples);
        double before = metric.Compute();
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity })
        {
            if (double.IsInfinity(bad) && metric is ActionUnitDistance)
                continue;
            var broken = generated.clone();
            broken.select(0, 3).fill_(bad);
            Assert.Throws<ArgumentException>(() => subject.Feed(metric, broken, samples));
        }
        return metric.Count > 0 && Near(metric.Compute(), before);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Inputs_of_two_sizes_and_no_inputs_at_all_are_errors(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var subject = MetricSubject.All.Single(subject => subject.Name == name);
        var samples = subject.Draw(Samples, random);

        var metric = subject.Create();
        Assert.Throws<ArgumentException>(() => subject.Feed(metric, samples.narrow(1, 0, 1), samples.narrow(1, 0, 2)));
        Assert.Throws<InvalidOperationException>(() => metric.Compute());
        Assert.Equal(0, metric.Count);
        Assert.Throws<ArgumentException>(() => metric.Merge(metric));
        Assert.Throws<ArgumentException>(() => metric.Merge(MetricSubject.All.First(other => other.Name != name).Create()));

        subject.Feed(metric, samples, samples);
        metric.Reset();
        Assert.Equal(0, metric.Count);
        Assert.Throws<InvalidOperationException>(() => metric.Compute());
    }

    private static bool Worsens(MetricSubject subject, double[] values)
    {
        int sign = subject.Create().HigherIsBetter ? -1 : 1;
        return values.Zip(values.Skip(1)).All(pair => sign * (pair.Second - pair.First) > 0);
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a));

    private static void ForSeeds(string name, Func<MetricSubject, Generator, bool> law) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(4).WithReplay(20230618, 1),
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), seed =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator((ulong)seed.Get);
            return law(MetricSubject.All.Single(subject => subject.Name == name), random);
        }));
}
