using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Visualization;

namespace PECHead.Research.Tests.Visualization;

public sealed class ChartTests
{
    [Fact]
    public void LossCurve_BeforeTheFirstStep_IsAnEmptyPlot() => Assert.NotNull(XDocument.Parse(new LossCurve().ToSvg()));

    [Fact]
    public void LossCurve_GrowsWithEveryStep()
    {
        var curve = new LossCurve();
        curve.Add(0, ("a", 1));
        string before = curve.ToSvg();
        curve.Add(1, ("a", 0.5), ("b", double.NaN));
        string after = curve.ToSvg();

        Assert.NotEqual(before, after);
        Assert.Contains("a  0.5", after);
        Assert.Contains("b  NaN", after);
        Assert.DoesNotContain("NaN", after.Replace("b  NaN", "", StringComparison.Ordinal));
    }

    [Fact]
    public void LossCurve_Smoothed_NamesTheNumberWhereItsBoldLineEnds()
    {
        var curve = new LossCurve { Smoothing = 0.5 };
        curve.Add(0, ("a", 1));
        curve.Add(1, ("a", 0));
        Assert.Contains("a  0.3333", curve.ToSvg(), StringComparison.Ordinal);   // 0.25 · 1 + 0.5 · 0, over the weights 0.75
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    public void LossCurve_WithASmoothingOutOfRange_IsRefused(double smoothing)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new LossCurve { Smoothing = smoothing });

    [Fact]
    public async Task LossCurve_IsDrawnWhileATrainingAddsToIt()
    {
        var curve = new LossCurve { IsLogarithmic = true, Smoothing = 0.9 };
        var training = Task.Run(() =>
        {
            for (int step = 0; step < 20_000; step++)
                curve.Add(step, ("loss", 1.0 / (1 + step)));
        });
        while (!training.IsCompleted)
            XDocument.Parse(curve.ToSvg());
        await training;
    }

    [Fact]
    public void CurveSeries_StaysBounded_AndKeepsTheMean()
    {
        var series = new CurveSeries("a");
        for (int step = 0; step < 100_000; step++)
            series.Add(step, step % 2);

        Assert.InRange(series.Points.Count, CurveSeries.Capacity / 4, CurveSeries.Capacity);
        Assert.All(series.Points, point => Assert.Equal(0.5, point.Value));
        Assert.True(series.Points.Zip(series.Points.Skip(1)).All(pair => pair.First.Step < pair.Second.Step));
    }

    [Fact]
    public void CurveSeries_SmoothedConstant_IsThatConstantFromTheStart()
    {
        var series = new CurveSeries("a");
        for (int step = 0; step < 5; step++)
            series.Add(step, 3);
        Assert.All(series.Smoothed(0.95), point => Assert.Equal(3, point.Value, 9));
    }

    [Theory]
    [InlineData(0, 1, false, "0", "0.2", "0.4", "0.6", "0.8", "1")]
    [InlineData(0, 23, false, "0", "5", "10", "15", "20")]
    [InlineData(-1, 1, false, "-1", "-0.5", "0", "0.5", "1")]
    [InlineData(0.001, 100, true, "0.001", "0.01", "0.1", "1", "10", "100")]
    [InlineData(1, 50, true, "1", "2", "5", "10", "20", "50")]
    [InlineData(1.5, 8, true, "2", "3", "4", "5", "6", "7", "8")]
    public void PlotAxis_WritesRoundNumbers(double low, double high, bool isLogarithmic, params string[] texts) =>
        Assert.Equal(texts, new PlotAxis(low, high, isLogarithmic, widen: false).Ticks().Select(tick => tick.Text));

    [Fact]
    public void PlotAxis_OfAnyRange_HasAFewTicksInOrderWithinIt() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat>(), ArbMap.Default.ArbFor<NormalFloat>(), ArbMap.Default.ArbFor<bool>(),
        (NormalFloat a, NormalFloat b, bool widen) =>
        {
            double low = Math.Clamp(Math.Min(a.Get, b.Get), -1e9, 1e9), high = Math.Clamp(Math.Max(a.Get, b.Get), -1e9, 1e9);
            if (high - low < 1e-6 * Math.Max(1, Math.Abs(high)))
                return true;
            var axis = new PlotAxis(low, high, isLogarithmic: false, widen);
            double[] ticks = [.. axis.Ticks().Select(tick => tick.Value)];
            return ticks.Length is >= 2 and <= 9 && ticks.SequenceEqual(ticks.Order()) && ticks.All(tick => axis.Place(tick) is > -1e-6 and < 1 + 1e-6);
        }));

    [Fact]
    public void PlotAxis_OfASingleValue_HasTheValueInside() =>
        Assert.InRange(new PlotAxis(7, 7, isLogarithmic: false, widen: true).Place(7), 0.1, 0.9);
}
