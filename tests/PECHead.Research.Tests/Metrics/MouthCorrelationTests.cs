using PECHead.Research.Metrics;

namespace PECHead.Research.Tests.Metrics;

public sealed class MouthCorrelationTests
{
    private static readonly MetricNetwork Network = MetricNetwork.Embedded("test");
    private static readonly double[] Speech = [.. Enumerable.Range(0, 20).Select(frame => 0.1 + (0.1 * Math.Sin(frame)))];

    [Fact]
    public void A_mouth_that_follows_by_half_correlates_1_one_that_opens_when_it_should_close_minus_1_a_still_one_0()
    {
        Assert.Equal(1, Of(Speech.Select(opening => 0.3 + (opening / 2))), 9);
        Assert.Equal(-1, Of(Speech.Select(opening => 1 - opening)), 9);
        Assert.Equal(0, Of(Speech.Select(_ => 0.4)), 9);
    }

    [Fact]
    public void Clips_that_do_not_speak_or_are_short_are_skipped_and_counted()
    {
        var metric = new MouthCorrelation(Network);
        metric.Update(Speech, [.. Speech.Select(opening => opening / 10)]);
        metric.Update(Speech[..4], Speech[..4]);
        Assert.False(metric.HasValue);
        Assert.Equal(2, metric.Skipped.Total);
        Assert.Throws<ArgumentException>(() => metric.Update(Speech, Speech[1..]));
    }

    [Theory]
    [InlineData(7, 0.05, false)]     // a frame too few
    [InlineData(8, 0.05, true)]
    [InlineData(8, 0.019, false)]    // below the deviation that counts as speech
    [InlineData(8, 0.021, true)]
    public void Speech_is_eight_frames_in_which_the_mouth_moves_enough(int frames, double deviation, bool counts)
    {
        double[] swinging = [.. Enumerable.Range(0, frames).Select(frame => frame % 2 == 0 ? 0.1 + deviation : 0.1 - deviation)];
        var metric = new MouthCorrelation(Network);
        metric.Update(swinging, swinging);
        Assert.Equal(counts, metric.HasValue);
        Assert.Equal(counts ? 0 : 1, metric.Skipped.Total);
    }

    [Fact]
    public void The_opening_is_counted_in_distances_of_the_eyes()
    {
        var points = new double[136];
        (points[2 * 36], points[2 * 45]) = (10, 50);
        (points[(2 * 62) + 1], points[(2 * 66) + 1]) = (70, 80);
        Assert.Equal(0.25, MouthCorrelation.Opening(points), 9);
        Assert.Throws<ArgumentException>(() => MouthCorrelation.Opening(points.AsSpan(1)));
    }

    private static double Of(IEnumerable<double> generated)
    {
        var metric = new MouthCorrelation(Network);
        metric.Update([.. generated], Speech);
        return metric.Compute();
    }
}
