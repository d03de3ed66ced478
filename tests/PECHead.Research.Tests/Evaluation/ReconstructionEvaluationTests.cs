using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Tests.Animation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Training;
using PECHead.Research.Visualization;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

public sealed class ReconstructionEvaluationTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TalkingHeadModel _model = Untrained();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_baseline_is_the_difference_of_the_stored_frames()
    {
        var clips = DrivenClip.Of(tiny.Store.Index);
        var rows = ReconstructionEvaluation.Run([("KP", _model)], tiny.Store, clips, CPU);
        var expected = clips.SelectMany(clip => clip.Driving, (clip, frame) => Difference(tiny.Store.Frames.ReadFrame(clip.Source), tiny.Store.Frames.ReadFrame(frame))).Average();
        Assert.Equal([ReconstructionEvaluation.SourceCopy, "KP"], rows.Select(row => row.Method));
        Assert.Equal(expected, rows[0].Scores.Compute()["L1"], 6);
    }

    [Theory]
    [InlineData("kp")]
    [InlineData("full")]
    public void The_number_of_clips_at_once_does_not_change_the_values(string setting)
    {
        using var model = Untrained(AblationSettings.Named(setting));
        var clips = DrivenClip.Of(tiny.Store.Index, stride: 3);
        var one = ReconstructionEvaluation.Run([(setting, model)], tiny.Store, clips, CPU, atOnce: 1)[1].Scores.Compute();
        var three = ReconstructionEvaluation.Run([(setting, model)], tiny.Store, clips, CPU, atOnce: 3)[1].Scores.Compute();
        Assert.All(one, metric => Assert.Equal(metric.Value, three[metric.Key], 4));
    }

    [Fact]
    public void A_model_that_looks_at_frames_alone_is_evaluated_like_the_others_and_cannot_be_edited()
    {
        using var scope = NewDisposeScope();
        using var model = new FirstOrderModel(TinyConfigs.FirstOrder(hourglassDepth: 3));
        model.eval();
        var clips = DrivenClip.Of(tiny.Store.Index, stride: 3);
        var errors = clips.SelectMany(clip => clip.Driving.Select(frame =>
        {
            var (source, driving) = (tiny.Store.Read([clip.Source], CPU), tiny.Store.Read([frame], CPU));
            return (model.call(new FaceFrame(source.Image), new FaceFrame(driving.Image)).Image - driving.Image).abs().mean().ToDouble();
        }));

        var rows = ReconstructionEvaluation.Run([("fomm", model)], tiny.Store, clips, CPU);

        Assert.Equal(errors.Average(), rows[1].Scores.Compute()["L1"], 5);
        var pairs = PairList.Reconstruction(tiny.Store.Index).MostDistant(tiny.Store.Frames, 2);
        Assert.Equal(7 * pairs.Pairs.Count, ReconstructionPanel.Draw(model, tiny.Store, pairs, "fomm", [], CPU).ToSvg().Split("<image").Length - 1);
        Assert.Contains("cannot be edited", Assert.Throws<ArgumentException>(
            () => new ClipReconstruction([model], tiny.Store, CPU, Precision.Full, EvaluationTask.Frontalization)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_models_score_is_of_the_source_with_the_motion_of_every_driving_frame()
    {
        using var scope = NewDisposeScope();
        using var model = new DotsModel();
        var clips = DrivenClip.Of(tiny.Store.Index, stride: 3);
        var errors = clips.SelectMany(clip => clip.Driving.Select((frame, time) =>
        {
            var (source, driving) = (tiny.Store.Read([clip.Source], CPU), tiny.Store.Read([frame], CPU));
            var target = driving.Coefficients with { Identity = source.Coefficients.Identity };
            var face = new FaceState(new Keypoints(tiny.Store.Reconstructor.Landmarks(target)), target.Pose, target.Expression);
            return (model.Expected(source.Image[0], face, time) - driving.Image[0]).abs().mean().ToDouble();
        }));

        var rows = ReconstructionEvaluation.Run([("dots", model)], tiny.Store, clips, CPU);

        Assert.Equal(errors.Average(), rows[1].Scores.Compute()["L1"], 5);
    }

    [Fact]
    public void A_failure_of_the_measuring_ends_the_evaluation_with_its_own_words()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => ReconstructionEvaluation.Run(
            [("KP", _model)], tiny.Store, DrivenClip.Of(tiny.Store.Index), CPU, progress: new Failing()));
        Assert.Equal("nothing to report", failure.Message);
    }

    [Fact]
    public void The_table_has_the_chosen_columns_and_does_not_rank_the_baseline()
    {
        var rows = ReconstructionEvaluation.Run([("KP", _model)], tiny.Store, DrivenClip.Of(tiny.Store.Index, stride: 3), CPU);
        var table = ReconstructionEvaluation.Table(rows, "SSIM", "L1");
        Assert.Equal([("SSIM", BetterValue.Higher), ("L1", BetterValue.Lower)], table.Columns.Select(column => (column.Name, column.Better)));
        Assert.Equal([("source copy", true), ("KP", false)], table.Rows.Select(row => (row.Label, row.IsReference)));
        Assert.Equal(rows[1].Scores.Compute()["L1"], table.Rows[1].Values[1]!.Value.Mean);
        Assert.Equal(rows[0].Scores.Metrics.Count, ReconstructionEvaluation.Table(rows).Columns.Count);
        Assert.Throws<ArgumentException>(() => ReconstructionEvaluation.Table(rows, "CSIM"));
    }

    [Fact]
    public void A_panel_has_a_row_a_pair_and_a_video_a_frame_a_frame()
    {
        var pairs = PairList.Reconstruction(tiny.Store.Index).Take(3);
        var svg = ReconstructionPanel.Draw(_model, tiny.Store, pairs, "title & more", ["caption"], CPU).ToSvg();
        Assert.Equal(3 * 7, svg.Split("<image").Length - 1);
        Assert.Contains("title &amp; more", svg, StringComparison.Ordinal);

        var clip = DrivenClip.Of(tiny.Store.Index)[0];
        ReconstructionVideo.Write(_model, tiny.Store, clip, _folder["x.mp4"], CPU);
        Assert.Equal((clip.Driving.Count, 3 * 64, 64), (VideoInfo.Probe(_folder["x.mp4"]).FrameCount, VideoInfo.Probe(_folder["x.mp4"]).Width, VideoInfo.Probe(_folder["x.mp4"]).Height));
    }

    internal static TalkingHeadModel Untrained(AblationSetting? setting = null)
    {
        var config = PecHeadConfig.For(ModelSize.Tiny, setting ?? AblationSettings.Kp) with { ExpressionSize = 3 };
        var model = PecHeadFactory.Create(config, seed: 1);
        model.eval();
        return model;
    }

    private sealed class Failing : IProgress<int>
    {
        public void Report(int value) => throw new InvalidOperationException("nothing to report");
    }

    private static double Difference(RgbImage a, RgbImage b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return sum / a.Pixels.Length / 255;
    }
}
