using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

public sealed class FaceMetricTests
{
    private static readonly MetricNetwork Mesh = MetricNetwork.Embedded("mesh");

    [Fact]
    public void Only_the_network_of_the_literature_gives_the_bare_name()
    {
        Assert.Equal("CSIM", new IdentitySimilarity(MetricNetwork.Standard("ArcFace r50")).Name);
        Assert.Equal("CSIM[faceres]", new IdentitySimilarity(MetricNetwork.Embedded("faceres")).Name);
        Assert.Equal("FID[faceres]", FrechetMetric.OfFrames(MetricNetwork.Embedded("faceres"), 8).Name);
        Assert.Equal("AUH[mesh]", new ActionUnitDistance(Mesh).Name);
        Assert.Equal("jerk[mesh]", new LandmarkJerk(Mesh, 64).Name);
    }

    [Fact]
    public void Average_keypoint_distance_is_the_mean_over_coordinates_at_256_pixels()
    {
        using var scope = NewDisposeScope();
        var metric = new AverageKeypointDistance(Mesh, 128);
        var moved = zeros(1, 68, 2);
        moved[.., .., 0].fill_(3);   // three pixels of 128 to the right: six of 256, half of the numbers

        metric.Update(FoundValues.Complete(moved), FoundValues.Complete(zeros(1, 68, 2)));

        Assert.Equal(3, metric.Compute(), 12);
    }

    [Fact]
    public void Embedding_distances_have_their_closed_forms()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (FoundValues.Complete(tensor(new[] { 3.0, 4 }, [1, 2])), FoundValues.Complete(tensor(new[] { 4.0, 3 }, [1, 2])));
        var cosine = new IdentitySimilarity(Mesh);
        var squared = new AverageEmbeddingDistance(Mesh);

        cosine.Update(a, b);
        squared.Update(a, b);

        Assert.Equal(24.0 / 25, cosine.Compute(), 12);
        Assert.Equal(2, squared.Compute(), 12);
        Assert.Throws<ArgumentException>(() => cosine.Update(a, FoundValues.Complete(zeros(1, 2))));
    }

    [Fact]
    public void Angles_differ_the_short_way_round()
    {
        using var scope = NewDisposeScope();
        var metric = PoseDistance.ToTarget(Mesh);

        metric.Update(FoundValues.Complete(tensor(new[] { 179.0, 10, -4, 2, 0, 1 }, [2, 3])), [-179, 0, 0]);

        Assert.Equal("ARE[mesh]", metric.Name);
        Assert.Equal(((2 + 10 + 4) / 3.0 + (179 + 0 + 1) / 3.0) / 2, metric.Compute(), 9);
        Assert.Throws<ArgumentException>(() => metric.Update(FoundValues.Complete(zeros(1, 3)), [0, 0]));
    }

    [Fact]
    public void Action_units_count_where_they_differ()
    {
        using var scope = NewDisposeScope();
        var metric = new ActionUnitDistance(Mesh);

        metric.Update(FoundValues.Complete(tensor(new[] { 1f, 0, 1, 0 }, [1, 4])), FoundValues.Complete(tensor(new[] { 1f, 1, 0, 0 }, [1, 4])));

        Assert.Equal(0.5, metric.Compute());
    }

    [Fact]
    public void An_action_unit_is_on_above_one_half_however_strong_it_is()
    {
        using var scope = NewDisposeScope();
        var metric = new ActionUnitDistance(Mesh);

        metric.Update(FoundValues.Complete(tensor(new[] { 0.51, 0.5, 0.49, 0.9 }, [1, 4])), FoundValues.Complete(tensor(new[] { 0.9, 0.51, 0.0, 0.1 }, [1, 4])));

        Assert.Equal(0.5, metric.Compute());
    }

    [Fact]
    public void A_frame_without_a_face_is_skipped_and_counted_whatever_its_row_holds()
    {
        using var scope = NewDisposeScope();
        var metric = new IdentitySimilarity(Mesh);
        var values = rand(4, 8);
        values[1].fill_(double.NaN);
        var generated = new FoundValues(values, tensor(new[] { true, false, true, true }));
        var source = new FoundValues(rand(4, 8), tensor(new[] { true, true, true, false }));

        metric.Update(generated, source);

        Assert.Equal(2, metric.Count);
        Assert.Equal(2, metric.Skipped.Total);
        Assert.Equal("2 skipped (1 no face in the generated frame, 1 no face in the reference frame)", metric.Skipped.ToString());
        var other = new IdentitySimilarity(Mesh);
        other.Update(new FoundValues(rand(1, 8), tensor(new[] { false })), FoundValues.Complete(rand(1, 8)));
        Assert.Contains("1 skipped", Assert.Throws<InvalidOperationException>(() => other.Compute()).Message, StringComparison.Ordinal);
        metric.Merge(other);
        Assert.Equal(3, metric.Skipped.Total);
        metric.Reset();
        Assert.Equal("none skipped", metric.Skipped.ToString());
    }

    [Fact]
    public void Frechet_distances_of_faces_skip_frames_without_one()
    {
        using var scope = NewDisposeScope();
        var metric = FrechetMetric.OfFrames(Mesh, 2);
        var values = randn(5, 2);
        values[4].fill_(double.NaN);
        var found = tensor(new[] { true, true, true, true, false });

        metric.UpdateGenerated(new FoundValues(values, found));
        metric.UpdateReal(new FoundValues(values, found));

        Assert.Equal(0, metric.Compute(), 9);
        Assert.Equal((4, 4, 2), (metric.Count, metric.RealCount, metric.Skipped.Total));
    }

    [Fact]
    public void Readings_of_another_shape_are_refused()
    {
        using var scope = NewDisposeScope();
        var metric = new AverageKeypointDistance(Mesh, 64);

        Assert.Throws<ArgumentException>(() => metric.Update(FoundValues.Complete(zeros(1, 5, 2)), FoundValues.Complete(zeros(1, 5, 2))));
        Assert.Throws<ArgumentException>(() => metric.Update(FoundValues.Complete(zeros(2, 68, 2)), FoundValues.Complete(zeros(1, 68, 2))));
        Assert.Throws<ArgumentException>(() => metric.Update(new FoundValues(zeros(1, 68, 2), zeros(1)), FoundValues.Complete(zeros(1, 68, 2))));
    }

    [Fact]
    public void Jerk_is_the_third_difference_and_flicker_the_change_of_the_error()
    {
        using var scope = NewDisposeScope();
        var time = arange(8, ScalarType.Float64).reshape(8, 1, 1);
        var cubic = (time * time * time).expand(8, 68, 2).contiguous();         // third difference 6 in x and in y
        var swinging = (time % 2).expand(8, 68, 2).contiguous();         // error changes by 1 in x and in y
        var jerk = new LandmarkJerk(Mesh, 256);
        var flicker = new LandmarkFlicker(Mesh, 256);

        jerk.Update(FoundValues.Complete(cubic));
        flicker.Update(FoundValues.Complete(cubic + swinging), FoundValues.Complete(cubic));

        Assert.Equal(6 * Math.Sqrt(2), jerk.Compute(), 9);
        Assert.Equal(5, jerk.Count);
        Assert.Equal(Math.Sqrt(2), flicker.Compute(), 9);
        Assert.Equal(7, flicker.Count);
    }

    [Fact]
    public void Jerk_and_flicker_are_told_in_pixels_of_256()
    {
        using var scope = NewDisposeScope();
        var time = arange(5, ScalarType.Float64).reshape(5, 1, 1);
        var (cubic, still) = ((time * time * time).expand(5, 68, 2), zeros(5, 68, 2));
        var (jerk, flicker) = (new LandmarkJerk(Mesh, 64), new LandmarkFlicker(Mesh, 512));

        jerk.Update(FoundValues.Complete(cubic));
        flicker.Update(FoundValues.Complete(time.expand(5, 68, 2)), FoundValues.Complete(still));

        Assert.Equal(4 * 6 * Math.Sqrt(2), jerk.Compute(), 9);
        Assert.Equal(Math.Sqrt(2) / 2, flicker.Compute(), 9);
    }

    [Fact]
    public void Frames_that_are_refused_leave_the_window_as_it_was()
    {
        using var scope = NewDisposeScope();
        var time = arange(4, ScalarType.Float64).reshape(4, 1, 1);
        var cubic = (time * time * time).expand(4, 68, 2);
        var jerk = new LandmarkJerk(Mesh, 256);

        jerk.Update(FoundValues.Complete(cubic[..3]));
        Assert.Throws<ArgumentException>(() => jerk.Update(FoundValues.Complete(full([1, 68, 2], double.NaN))));
        jerk.Update(FoundValues.Complete(cubic[3..]));

        Assert.Equal(6 * Math.Sqrt(2), jerk.Compute(), 9);
    }

    [Fact]
    public void A_window_ends_with_its_clip_and_breaks_at_a_lost_face()
    {
        using var scope = NewDisposeScope();
        var jerk = new LandmarkJerk(Mesh, 256);
        jerk.Update(FoundValues.Complete(zeros(3, 68, 2)));
        jerk.EndClip();
        jerk.Update(new FoundValues(1000 * ones(7, 68, 2), tensor(new[] { true, true, true, false, true, true, true })));
        jerk.EndClip();

        Assert.Equal(0, jerk.Count);
        Assert.Equal(4, jerk.Skipped.Total);
    }
}
