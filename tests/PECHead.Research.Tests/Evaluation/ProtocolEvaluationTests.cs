using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

public sealed class ProtocolEvaluationTests(TwoPeople people) : IClassFixture<TwoPeople>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EvaluationTask.Reconstruction)]
    [InlineData(EvaluationTask.Reenactment)]
    [InlineData(EvaluationTask.Frontalization)]
    [InlineData(EvaluationTask.ExpressionTransfer)]
    public void A_model_is_asked_for_what_the_task_says(EvaluationTask task)
    {
        using var model = new RecordingModel();
        var (source, driving) = (people.Store.Index.Clips[2], people.Store.Index.Clips[1]);
        var clip = new DrivenClip(driving, [driving.First + 3]) { Source = source.First };

        new ClipReconstruction([model], people.Store, CPU, Precision.Full, task).Run([[clip]], frames =>
        {
            // An edit has no driving picture.
            var picture = task is EvaluationTask.Reconstruction or EvaluationTask.Reenactment ? frames.Driving : frames.Source;
            Assert.Equal(picture.contiguous().data<float>().ToArray(), frames.Generated[0].contiguous().data<float>().ToArray());
        });

        // The source's own video is followed as it is.
        Assert.Equal(task == EvaluationTask.Reenactment ? [MotionMode.Absolute] : [], model.Transferred);
        using var scope = NewDisposeScope();
        var (own, other) = (people.Store.Track.Select([clip.Source], CPU), people.Store.Track.Select([clip.Driving[0]], CPU));
        var (pose, expression) = Assert.Single(model.Asked);
        var (posed, expressed) = task switch
        {
            EvaluationTask.Frontalization => (own with { Angles = zeros_like(own.Angles) }, own),
            EvaluationTask.ExpressionTransfer => (own, other),
            _ => (other, other),
        };
        Assert.Equal(posed.Pose.data<float>().ToArray(), pose);
        Assert.Equal(expressed.Expression.data<float>().ToArray(), expression);
        Assert.NotEqual(own.Pose.data<float>().ToArray(), other.Pose.data<float>().ToArray());
    }

    [Fact]
    public void The_table_holds_the_papers_figures_in_columns_of_their_own_and_everything_is_written()
    {
        WritePairs();
        using var model = ReconstructionEvaluationTests.Untrained();
        var report = ProtocolEvaluation.Run(EvaluationProtocol.SameIdentity, [("kp", model)], people.Store, _folder.Root, CPU, measurer: null);
        var published = PaperTable.Of(Path.Combine(Repository.Root, "experiments", "paper-tables", "table1-same-identity.csv"), "VFHQ");

        var table = report.Table(published, "a note");

        Assert.Equal(
            ["L1", "MS-SSIM@256", "PSNR", "SSIM", "frames", "skipped", "L1, paper (VFHQ)", "MS-SSIM, paper (VFHQ)", "PSNR, paper (VFHQ)", "FID, paper (VFHQ)", "AKD, paper (VFHQ)"],
            table.Columns.Select(column => column.Name));
        Assert.Equal(["source copy", "kp", "FOMM, paper"], table.Rows.Take(3).Select(row => row.Label));
        Assert.All(table.Rows, row => Assert.True(row.Values.Take(6).All(value => value is null) || row.Values.Skip(6).All(value => value is null), row.Label));
        Assert.Contains("No frame was skipped", table.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("a note", table.ToMarkdown(), StringComparison.Ordinal);

        report.Write(_folder["out"], table);
        foreach (var file in new[] { "table.md", "table.tex", "table.csv", "index.html", "bars.svg", "samples.svg", "over-time.svg", "over-time.csv", "worst.svg" })
            Assert.True(new FileInfo(_folder[$"out/{file}"]).Length > 0, file);
        var page = File.ReadAllText(_folder["out/index.html"]);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        // Two figures as pictures, two as charts with a picture for readers without scripts, and both sides of the border that moves.
        Assert.Equal(4 + 2, page.Split("<img ").Length - 1);
        Assert.Contains("alt=\"driving\"", page, StringComparison.Ordinal);
        // The bars and the curve move; what draws them is there once.
        Assert.Equal(2, page.Split("pechead-figure pechead-chart").Length - 1);
        Assert.Equal(1, page.Split("new Function(").Length - 1);
        var errors = CsvTable.Read(_folder["out/over-time.csv"]);
        Assert.Equal(["kp", "source copy"], errors.Texts("method").Distinct().Order());
        Assert.All(errors.Numbers("error"), error => Assert.InRange(error!.Value, 0, 1));
    }

    [Fact]
    public void In_the_ablation_a_settings_own_figures_stand_in_its_row()
    {
        WritePairs();
        using var model = ReconstructionEvaluationTests.Untrained();
        var report = ProtocolEvaluation.Run(EvaluationProtocol.Ablation, [("kp", model)], people.Store, _folder.Root, CPU, measurer: null);
        var published = PaperTable.Of(Path.Combine(Repository.Root, "experiments", "paper-tables", "table4-ablation.csv"), "VFHQ");

        var table = report.Table(published);

        Assert.Equal("L1, same identity", table.Columns[0].Name);
        var row = table.Rows.Single(row => row.Label == "kp");
        Assert.Equal(0.0491, row.Values[table.Columns.ToList().FindIndex(column => column.Name == "L1, paper (VFHQ)")]!.Value.Mean);
        Assert.DoesNotContain(table.Rows, other => other.Label == "KP, paper");
        Assert.Contains(table.Rows, other => other.Label == "Full, paper");
        Assert.Contains("worse than MMFA", table.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_people_outside_of_training_every_clip_is_held_out_and_a_line_compares_with_the_copy()
    {
        foreach (var task in EvaluationProtocol.UnseenPeople.Tasks)
        {
            var drawn = ProtocolDraw.Draw(task, people.Store, 1, 4, everyClip: true);
            Assert.Contains(drawn, one => one.Driving == "one/a");
            Assert.DoesNotContain(ProtocolDraw.Draw(task, people.Store, 1, 4), one => one.Driving == "one/a");
            new ProtocolPairs("drawn", people.Store.Index.Fingerprint, 1, drawn).Write(ProtocolPairs.PathIn(_folder.Root, task));
        }
        using var model = new RecordingModel();
        var table = ProtocolEvaluation.Run(EvaluationProtocol.UnseenPeople, [("perfect", model)], people.Store, _folder.Root, CPU, null).Table([]);

        // The model gives the driving frame back.
        Assert.Contains(table.Captions, line => line.StartsWith("perfect against the copy of the source: L1 0.00 times, PSNR +", StringComparison.Ordinal));
        Assert.Equal("L1, same identity", table.Columns[0].Name);
    }

    [Fact]
    public void A_model_of_frames_that_knows_angles_and_expression_is_edited_and_one_that_does_not_has_no_row()
    {
        WritePairs();
        using var quiet = no_grad();
        using var turned = new FreeViewModel(FreeViewConfig.For(ModelSize.Tiny));
        using var blind = new FirstOrderModel(FirstOrderConfig.For(ModelSize.Tiny));
        turned.eval();
        blind.eval();

        var report = ProtocolEvaluation.Run(EvaluationProtocol.Editing, [("fomm", blind), ("osfv", turned)], people.Store, _folder.Root, CPU, measurer: null);

        Assert.Equal(["fomm"], report.LeftOut);
        Assert.All(report.Scores, task => Assert.Equal(["source copy", "osfv"], task.Rows.Select(row => row.Method)));
        Assert.Contains("cannot be edited: fomm", report.Table([]).ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("cannot be edited", Assert.Throws<ArgumentException>(
            () => ProtocolEvaluation.Run(EvaluationProtocol.Editing, [("fomm", blind)], people.Store, _folder.Root, CPU, measurer: null)).Message, StringComparison.Ordinal);

        using var scope = NewDisposeScope();
        var clip = people.Store.Index.Clips[1];
        var driven = new DrivenClip(clip, [clip.First + 3]) { Source = people.Store.Index.Clips[2].First };
        var (source, driving) = (new FaceFrame(people.Store.Read([driven.Source], CPU).Image), new FaceFrame(people.Store.Read([driven.Driving[0]], CPU).Image));
        var state = turned.EncodeSource(source);
        foreach (var (task, motion) in new[]
        {
            (EvaluationTask.Frontalization, turned.Edit(state, default, true, new Dictionary<string, double>())), (EvaluationTask.ExpressionTransfer, turned.TakeExpression(state, driving)),
        })
        {
            new ClipReconstruction([turned], people.Store, CPU, Precision.Full, task).Run([[driven]], frames => TensorAssert.Close(turned.Generate(state, motion).Image, frames.Generated[0], 1e-5));
        }
    }

    [Fact]
    public void A_baseline_has_the_figures_that_the_paper_prints_for_its_method()
    {
        WritePairs();
        using var model = ReconstructionEvaluationTests.Untrained();
        var report = ProtocolEvaluation.Run(EvaluationProtocol.SameIdentity, [("face2face-rho", model)], people.Store, _folder.Root, CPU, measurer: null);
        var table = report.Table(PaperTable.Of(Path.Combine(Repository.Root, "experiments", "paper-tables", "table1-same-identity.csv"), "VFHQ"));

        var row = table.Rows.Single(row => row.Label == "face2face-rho");
        Assert.Equal(0.0649, row.Values[table.Columns.ToList().FindIndex(column => column.Name == "L1, paper (VFHQ)")]!.Value.Mean);
        Assert.DoesNotContain(table.Rows, other => other.Label == "F2F-rho, paper");
    }

    [Fact]
    public void The_worst_frames_are_those_with_the_largest_error_one_a_clip()
    {
        using var scope = NewDisposeScope();
        var clips = people.Store.Index.Of(Split.Test).Select(clip => new DrivenClip(clip, [.. Enumerable.Range(clip.First + 1, 6)])).ToList();
        var watch = new EvaluationWatch(EvaluationTask.Reconstruction, clips, ["source copy", "a"]);
        var errors = new Dictionary<string, (double Error, int Frame)>();
        using var model = new RecordingModel();
        new ClipReconstruction([model], people.Store, CPU, Precision.Full).Run(ClipReconstruction.Batches(clips, 2), frames =>
        {
            var image = frames.Source;
            watch.Add(frames, 0, image, null);
            watch.Add(frames, 1, image, null);
            foreach (var (i, clip) in frames.Clips.Index())
            {
                double error = (image[i] - frames.Driving[i]).abs().mean().ToDouble();
                if (!errors.TryGetValue(clip.Clip.Id, out var known) || error > known.Error) errors[clip.Clip.Id] = (error, frames.Time + 1);
            }
        });

        var svg = watch.Worst()!.ToSvg();

        Assert.Equal(clips.Count, svg.Split("<image").Length - 1);
        Assert.All(errors, entry => Assert.Contains(FormattableString.Invariant($"{entry.Key} frame {entry.Value.Frame}: {entry.Value.Error:0.###}"), svg, StringComparison.Ordinal));
        Assert.Contains("L1 over time", watch.OverTime()!.ToSvg(), StringComparison.Ordinal);
    }

    private void WritePairs()
    {
        foreach (var file in Enum.GetValues<EvaluationTask>().GroupBy(task => ProtocolPairs.PathIn(_folder.Root, task)))
            new ProtocolPairs("drawn", people.Store.Index.Fingerprint, 1, [.. file.SelectMany(task => ProtocolDraw.Draw(task, people.Store, 1, 4))]).Write(file.Key);
    }
}
