using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

public sealed class FrameWindowsTests
{
    private static readonly MetricNetwork Network = MetricNetwork.Embedded("faceres");

    [Fact]
    public void A_window_is_its_mean_and_its_mean_absolute_change()
    {
        using var scope = NewDisposeScope();
        var windows = new FrameWindows(2, length: 3);

        var found = windows.Update(FoundValues.Complete(tensor(new[] { 0.0, 1, 3, 1, 0, 4 }, [3, 2])));

        Assert.Equal(4, windows.Dimensions);
        Assert.Equal([1, 2, 3, 1.5], found.Values.data<double>().ToArray());
        Assert.Equal([true], found.Found.data<bool>().ToArray());
    }

    [Fact]
    public void Batches_cut_a_clip_anywhere_and_windows_do_not_overlap()
    {
        using var scope = NewDisposeScope();
        var frames = randn([11, 4], ScalarType.Float64);
        var whole = new FrameWindows(4, length: 4).Update(FoundValues.Complete(frames)).Values;
        var parts = new FrameWindows(4, length: 4);
        var values = cat(new[] { (0, 1), (1, 5), (6, 3), (9, 2) }.Select(part => parts.Update(FoundValues.Complete(frames.narrow(0, part.Item1, part.Item2))).Values).ToArray(), 0);

        Assert.Equal([2L, 8], whole.shape);
        Assert.Equal(whole.data<double>().ToArray(), values.data<double>().ToArray());
    }

    [Fact]
    public void A_window_with_a_lost_face_counts_as_one_without_and_a_clip_ends_its_window()
    {
        using var scope = NewDisposeScope();
        var windows = new FrameWindows(2, length: 2);
        var lost = windows.Update(new FoundValues(ones(4, 2), tensor(new[] { true, false, true, true })));
        windows.Update(FoundValues.Complete(ones(1, 2)));
        windows.EndClip();
        var next = windows.Update(FoundValues.Complete(ones(1, 2)));

        Assert.Equal([false, true], lost.Found.data<bool>().ToArray());
        Assert.Equal(0, next.Count);
        Assert.Throws<ArgumentException>(() => windows.Update(FoundValues.Complete(ones(1, 3))));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameWindows(2, length: 1));
    }

    [Fact]
    public void Frames_in_another_order_are_seen_by_the_distance_of_videos_and_not_by_that_of_frames()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(11);
        // Slow motion: a walk of small steps around a place of each clip's own.
        var clips = randn([12, 1, 3], ScalarType.Float64, generator: random) + (0.1 * randn([12, 32, 3], ScalarType.Float64, generator: random)).cumsum(1);
        var order = tensor(Enumerable.Range(0, 32).Select(i => (long)(i * 13 % 32)).ToArray());
        var shuffled = clips.index_select(1, order);

        var (frames, videos) = (Distances(clips, shuffled), Distances(clips, clips));

        Assert.Equal(0, frames.Frames, 9);
        Assert.Equal((0.0, 0.0), (Math.Round(videos.Frames, 9), Math.Round(videos.Videos, 9)));
        Assert.InRange(frames.Videos, 0.1, double.MaxValue);
    }

    private static (double Frames, double Videos) Distances(Tensor real, Tensor generated)
    {
        var (frames, videos) = (FrechetMetric.OfFrames(Network, 3), FrechetMetric.OfClips(Network, 6));
        for (int clip = 0; clip < real.size(0); clip++)
        {
            frames.UpdateReal(FoundValues.Complete(real[clip]));
            frames.UpdateGenerated(FoundValues.Complete(generated[clip]));
            videos.UpdateReal(new FrameWindows(3).Update(FoundValues.Complete(real[clip])));
            videos.UpdateGenerated(new FrameWindows(3).Update(FoundValues.Complete(generated[clip])));
        }
        Assert.Equal(("FID[faceres]", "FVD[faceres]", 24L), (frames.Name, videos.Name, videos.Count));
        return (frames.Compute(), videos.Compute());
    }
}
