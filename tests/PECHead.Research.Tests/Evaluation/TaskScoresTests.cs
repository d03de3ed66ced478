using PECHead.Research.Evaluation;
using PECHead.Research.Metrics;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

public sealed class TaskScoresTests
{
    private const int Side = 32;

    [Theory]
    [InlineData(EvaluationTask.Reconstruction)]
    [InlineData(EvaluationTask.Reenactment)]
    [InlineData(EvaluationTask.Frontalization)]
    [InlineData(EvaluationTask.ExpressionTransfer)]
    public void No_metric_stands_under_a_standard_name_and_the_papers_columns_are_all_there(EvaluationTask task)
    {
        var scores = new TaskScores(task, Side, withFaces: true);
        foreach (var (_, metric) in EvaluationProtocol.All.SelectMany(protocol => protocol.Columns).Where(column => column.Task == task))
            Assert.Equal(metric == "LPIPS" ? 0 : 1, scores.Find(metric).Count);
        Assert.All(
            scores.Metrics.Where(metric => metric is not FrameMetric),
            metric => Assert.True(metric.Name.EndsWith("[mesh]", StringComparison.Ordinal) || metric.Name.EndsWith("[faceres]", StringComparison.Ordinal), metric.Name));
        Assert.Equal(scores.Metrics.Count, scores.Metrics.Select(metric => metric.Name).Distinct().Count());
    }

    [Fact]
    public void Faces_that_are_the_driving_ones_are_perfect_in_everything_but_stillness()
    {
        using var scope = NewDisposeScope();
        var scores = new TaskScores(EvaluationTask.Reconstruction, Side, withFaces: true);
        for (int time = 0; time < 32; time++)
        {
            var driving = Faces(time);
            scores.Update(new MeasuredFrames(driving, Faces(0), driving), endsClips: time == 31);
        }

        var values = scores.Compute();

        foreach (string metric in new[] { "FID[faceres]", "AKD[mesh]", "AED[faceres]", "ARD[mesh]", "AUH[mesh]", "FVD[faceres]", "flicker[mesh]" })
            Assert.Equal(0, values[metric], 6);
        Assert.Equal(1, values["CSIM[faceres]"], 9);
        Assert.False(values.ContainsKey("L1"));
        // Two clips side by side, 32 frames each: two windows of 16 in each.
        Assert.Equal(4, Assert.Single(scores.Find("FVD")).Count);
    }

    [Fact]
    public void Where_identities_cross_the_source_is_who_and_the_driving_face_how()
    {
        using var scope = NewDisposeScope();
        var scores = new TaskScores(EvaluationTask.Reenactment, Side, withFaces: true);
        var (source, driving) = (Faces(5), Faces(9));
        // The source's identity in the driving pose and with the driving expression.
        scores.Update(new MeasuredFrames(driving with { Identity = source.Identity }, source, driving), endsClips: true);

        Assert.Equal((1.0, 0.0, 0.0), (Round(scores, "CSIM"), Round(scores, "ARD"), Round(scores, "AUH")));
    }

    [Fact]
    public void A_frontal_face_has_no_error_and_an_edited_expression_keeps_the_sources_pose()
    {
        using var scope = NewDisposeScope();
        var (source, driving) = (Faces(5), Faces(9));
        var front = new TaskScores(EvaluationTask.Frontalization, Side, withFaces: true);
        front.Update(new MeasuredFrames(source with { Angles = FoundValues.Complete(zeros(2, 3)) }, source, source), endsClips: true);
        var turned = new TaskScores(EvaluationTask.Frontalization, Side, withFaces: true);
        turned.Update(new MeasuredFrames(source, source, source), endsClips: true);
        var edited = new TaskScores(EvaluationTask.ExpressionTransfer, Side, withFaces: true);
        edited.Update(new MeasuredFrames(source with { Units = driving.Units }, source, driving), endsClips: true);

        Assert.Equal((0.0, 5.0, 0.0, 0.0), (Round(front, "ARE"), Round(turned, "ARE"), Round(edited, "ARE"), Round(edited, "AUH")));
    }

    private static double Round(TaskScores scores, string metric) => Math.Round(Assert.Single(scores.Find(metric)).Compute(), 6);

    /// <summary>Two made-up faces, all angles as many degrees as given.</summary>
    private static FaceMeasurements Faces(int number)
    {
        using var random = new Generator((ulong)number + 1);
        FoundValues Read(params long[] shape) => FoundValues.Complete(rand([2, .. shape], generator: random));
        return new FaceMeasurements(Read(68, 2), FoundValues.Complete(full([2, 3], (double)number)), Read(FaceDescriptor.Length), FoundValues.Complete(rand([2, 7], generator: random).gt(0.5).to(ScalarType.Float32)));
    }
}
