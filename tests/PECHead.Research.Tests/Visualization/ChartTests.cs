using System.Xml.Linq;
using PECHead.Research.Visualization;

namespace PECHead.Research.Tests.Visualization;

public sealed class ChartTests
{
    [Fact]
    public void LossCurve_BeforeTheFirstStep_IsAPlotWithoutLines()
    {
        var (empty, line) = (new LossCurve(), new LossCurve());
        foreach (var step in new[] { 0, 1, 2 }) line.Add(step, ("a", step));
        Assert.True(Marks(line) > Marks(empty), "a curve adds nothing");
        Assert.DoesNotContain("NaN", empty.ToSvg(), StringComparison.Ordinal);

        static int Marks(LossCurve curve) => XDocument.Parse(curve.ToSvg()).Descendants().Count();
    }

    [Fact]
    public void LossCurve_GrowsWithEveryStep()
    {
        var curve = new LossCurve();
        curve.Add(0, ("a", 1));
        string before = curve.ToSvg();
        curve.Add(1, ("a", 0.5), ("b", double.NaN));
        string after = curve.ToSvg();

        Assert.NotEqual(before, after);
        Assert.Contains("a 0.5", after);
        Assert.Contains("b NaN", after);
        Assert.DoesNotContain("NaN", after.Replace("b NaN", "", StringComparison.Ordinal));
    }

    [Fact]
    public void LossCurve_Smoothed_NamesTheNumberWhereItsBoldLineEnds()
    {
        var curve = new LossCurve { Smoothing = 0.5 };
        curve.Add(0, ("a", 1));
        curve.Add(1, ("a", 0));
        Assert.Contains("a 0.3333", curve.ToSvg(), StringComparison.Ordinal);   // 0.25 · 1 + 0.5 · 0, over the weights 0.75
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
    [InlineData(-1, 1, false, "-1", "-0.5", "0", "0.5", "1")]
    [InlineData(0.001, 100, true, "0.001", "0.01", "0.1", "1", "10", "100")]
    [InlineData(1, 50, true, "1", "2", "5", "10", "20", "50")]
    [InlineData(1.5, 8, true, "2", "4", "6", "8")]
    [InlineData(2e-7, 2e-4, true, "1e-6", "1e-5", "1e-4")]
    public void LossCurve_WritesRoundNumbers(double low, double high, bool isLogarithmic, params string[] texts)
    {
        var curve = new LossCurve { IsLogarithmic = isLogarithmic };
        curve.Add(0, ("a", low));
        curve.Add(7, ("a", high));
        var drawn = Drawn.Texts(curve);
        Assert.All(texts, text => Assert.Contains(text, drawn));
    }

    [Fact]
    public void LossCurve_GoesFromThePointsToThePoints_InItsColor()
    {
        var curve = new LossCurve();
        curve.Add(0, ("a", 1));
        curve.Add(10, ("a", 1));
        curve.Add(20, ("a", 0));

        var drawn = curve.ToImage();

        bool IsLine(int x, int y) => Enumerable.Range(-1, 3).Any(dy => Drawn.Is(drawn[Drawn.Margin + 56 + x, Drawn.Margin + y + dy], IdentityColors.Color(0, 1), 70));
        double top = 280 * 0.05 / 1.05, bottom = 280;
        Assert.True(IsLine(100, (int)top) && IsLine(250, (int)top));
        Assert.True(IsLine(390, (int)((top + bottom) / 2)));
        Assert.False(IsLine(100, 140));
    }

    [Fact]
    public void LossCurve_OfOneValue_IsDrawn()
    {
        var curve = new LossCurve();
        curve.Add(3, ("a", 7));
        curve.Add(4, ("a", 7));
        Assert.Contains("7", Drawn.Texts(curve));
        Assert.DoesNotContain("NaN", curve.ToSvg(), StringComparison.Ordinal);
    }
}
