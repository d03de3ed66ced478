using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

public sealed class MetricTests
{
    [Fact]
    public void EveryMetric_IsSymmetric() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(10),
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), seed =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed.Get);
            Tensor a = rand([1, 3, 16, 20], generator: generator), b = rand([1, 3, 16, 20], generator: generator);
            return Metrics().All(metric => Math.Abs(Value(metric, a, b) - Value(metric, b, a)) < 1e-9);
        }));

    [Theory]
    [InlineData("L1", 0)]
    [InlineData("PSNR", 100)]
    [InlineData("SSIM", 1)]
    [InlineData("MS-SSIM@256", 1)]
    public void EqualFrames_GetTheBestValue(string name, double best)
    {
        using var scope = NewDisposeScope();
        var frame = rand([2, 3, 16, 20]);

        Assert.Equal(best, Value(Metrics().Single(metric => metric.Name == name), frame, frame), 9);
    }

    [Fact]
    public void Noise_MakesEveryMetricWorse()
    {
        using var scope = NewDisposeScope();
        var frame = full([1, 3, 16, 16], 0.5);
        Tensor near = frame + 0.02 * randn([1, 3, 16, 16]), far = frame + 0.2 * randn([1, 3, 16, 16]);

        Assert.All(Metrics(), metric =>
        {
            double gain = Value(metric, near, frame);
            metric.Reset();
            gain -= Value(metric, far, frame);
            Assert.True(metric.HigherIsBetter ? gain > 0 : gain < 0, metric.Name);
        });
    }

    [Fact]
    public void PeakSignalToNoise_OfOneStepIn255_Is48Decibels()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(48.13, Value(new PeakSignalToNoise(), full([1, 3, 4, 4], 100 / 255.0), full([1, 3, 4, 4], 101 / 255.0)), 2);
    }

    [Fact]
    public void Compute_IsTheMeanOverFrames_HoweverTheyWereBatched()
    {
        using var scope = NewDisposeScope();
        Tensor generated = rand([5, 3, 4, 4]), driving = rand([5, 3, 4, 4]);
        var whole = new MeanAbsoluteError();
        var parts = new MeanAbsoluteError();

        whole.Update(generated, driving);
        parts.Update(generated.narrow(0, 0, 4), driving.narrow(0, 0, 4));
        parts.Update(generated.narrow(0, 4, 1), driving.narrow(0, 4, 1));

        Assert.Equal(5, parts.Count);
        Assert.Equal(whole.Compute(), parts.Compute(), 12);
        // The mean on the right was taken in float32.
        Assert.Equal((generated - driving).abs().mean().ToDouble(), whole.Compute(), 1e-6);
    }

    [Fact]
    public void Compute_BeforeAnyFrame_Throws() =>
        Assert.Throws<InvalidOperationException>(() => new MeanAbsoluteError().Compute());

    [Fact]
    public void Update_WithFramesThatDoNotFit_OrAreNotFinite_ThrowsAndCountsNothing()
    {
        using var scope = NewDisposeScope();
        var metric = new MeanAbsoluteError();

        Assert.Throws<ArgumentException>(() => metric.Update(zeros(1, 3, 4, 4), zeros(1, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() => metric.Update(full([1, 3, 4, 4], double.NaN), zeros(1, 3, 4, 4)));
        Assert.Equal(0, metric.Count);
    }

    [Fact]
    public void StructuralSimilarity_OfFramesSmallerThanItsWindow_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => new StructuralSimilarity().Update(zeros(1, 3, 10, 20), zeros(1, 3, 10, 20)));
    }

    [Theory]
    [InlineData(128, "MS-SSIM@256")]
    [InlineData(160, "MS-SSIM@256")]
    [InlineData(161, "MS-SSIM")]
    [InlineData(256, "MS-SSIM")]
    public void MultiScaleStructuralSimilarity_SaysWhetherItEnlarges(int side, string name) =>
        Assert.Equal(name, new MultiScaleStructuralSimilarity(side).Name);

    [Fact]
    public void MultiScaleStructuralSimilarity_OfFramesOfAnotherSize_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => new MultiScaleStructuralSimilarity(256).Update(zeros(1, 3, 64, 64), zeros(1, 3, 64, 64)));
    }

    [Fact]
    public void MetricReport_NamesItsMetricsInTheOrderOfTheTable()
    {
        using var scope = NewDisposeScope();
        var report = MetricReport.ForReconstruction(64);
        report.Update(rand([1, 3, 64, 64]), rand([1, 3, 64, 64]));

        Assert.Equal(["L1", "PSNR", "SSIM", "MS-SSIM@256"], report.Compute().Keys);
    }

    private static IReadOnlyList<FrameMetric> Metrics() => MetricReport.ForReconstruction(16).Metrics;

    private static double Value(FrameMetric metric, Tensor generated, Tensor driving)
    {
        metric.Reset();
        metric.Update(generated, driving);
        return metric.Compute();
    }
}
