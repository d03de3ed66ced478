using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Models;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Training;
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
        var pairs = PairList.Reconstruction(tiny.Store.Index);
        var rows = ReconstructionEvaluation.Run(_model, tiny.Store, pairs, "KP", CPU);
        var expected = pairs.Pairs.Average(pair => Difference(tiny.Store.ReadFrame(pair.Source), tiny.Store.ReadFrame(pair.Driving)));
        Assert.Equal([ReconstructionEvaluation.SourceCopy, "KP"], rows.Select(row => row.Method));
        Assert.Equal(expected, rows[0].Report.Compute()["L1"], 6);
    }

    [Fact]
    public void The_size_of_a_batch_does_not_change_the_values()
    {
        var pairs = PairList.Reconstruction(tiny.Store.Index).Take(5);
        var one = ReconstructionEvaluation.Run(_model, tiny.Store, pairs, "KP", CPU, batchSize: 1)[1].Report.Compute();
        var three = ReconstructionEvaluation.Run(_model, tiny.Store, pairs, "KP", CPU, batchSize: 3)[1].Report.Compute();
        Assert.All(one, metric => Assert.Equal(metric.Value, three[metric.Key], 4));
    }

    [Fact]
    public void A_panel_has_a_row_a_pair_and_a_video_a_frame_a_frame()
    {
        var pairs = PairList.Reconstruction(tiny.Store.Index).Take(3);
        var svg = ReconstructionPanel.Draw(_model, tiny.Store, pairs, "title & more", ["caption"], CPU).ToSvg();
        Assert.Equal(3 * 7, svg.Split("<image").Length - 1);
        Assert.Contains("title &amp; more", svg, StringComparison.Ordinal);

        var clip = tiny.Store.Index.Of(Split.Test)[0];
        ReconstructionVideo.Write(_model, tiny.Store, clip, _folder["x.mp4"], CPU);
        Assert.Equal((clip.Count, 3 * 64, 64), (VideoInfo.Probe(_folder["x.mp4"]).FrameCount, VideoInfo.Probe(_folder["x.mp4"]).Width, VideoInfo.Probe(_folder["x.mp4"]).Height));
    }

    internal static TalkingHeadModel Untrained()
    {
        var model = PecHeadFactory.Create(PecHeadConfig.For(ModelSize.Tiny), seed: 1);
        model.eval();
        return model;
    }

    private static double Difference(RgbImage a, RgbImage b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return sum / a.Pixels.Length / 255;
    }
}
