using System.CommandLine;
using System.Globalization;
using PECHead.Experiments.Terminal;
using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Training;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead evaluate</c>: the reconstruction table, the panel and a video of the held-out split.</summary>
internal static class EvaluateCommand
{
    private const int PanelPairs = 8;
    private const int PairsPerClip = 24;

    public static Command Create()
    {
        var store = new Option<string>("--store") { Description = "Frame store of 'pechead data prepare'.", Required = true };
        var run = new Option<string>("--run") { Description = "Folder of a run.", Required = true };
        var perClip = new Option<int>("--pairs-per-clip")
        {
            Description = "Driving frames of each test clip, evenly spaced; 0 takes all.",
            DefaultValueFactory = _ => PairsPerClip,
        };
        var json = CommonOptions.Json();
        var panel = new Option<string?>("--panel") { Description = "Picture of eight pairs. Default: panel.png in the run; 'none' draws none." };
        var video = new Option<string?>("--video") { Description = "Video of source, driving and result. Default: reconstruction.mp4 in the run; 'none' makes none." };
        var device = CommonOptions.Device();
        var command = new Command("evaluate", "L1, PSNR, SSIM and MS-SSIM on the test split, beside copying the source frame.")
        {
            store, run, perClip, json, panel, video, device,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Evaluate(
            parsed.GetValue(store)!, new RunFolder(parsed.GetValue(run)!), parsed.GetValue(perClip), parsed.GetValue(json),
            parsed.GetValue(panel), parsed.GetValue(video), parsed.GetValue(device)!, cancellation)));
        return command;
    }

    private static int Evaluate(
        string store, RunFolder run, int perClip, string? json, string? panel, string? video, string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText);
        var (_, progress) = TrainingCheckpoint.ReadHeader(run.Checkpoint);
        using var frames = FrameStore.Open(store);
        using var model = TrainingCheckpoint.LoadModel(run.Checkpoint, device);
        var pairs = PairList.Reconstruction(frames.Index, pairsPerClip: perClip == 0 ? null : perClip);

        var rows = ProgressBar.Show("evaluating on the test split", bar => ReconstructionEvaluation.Run(
            model, frames, pairs, "KP", device, Precision.Full,
            progress: new Relay<int>(done => bar.Update(done, pairs.Pairs.Count)), cancellation: cancellation));
        ResultTable.Print(rows);
        Console.WriteLine($"{pairs.Pairs.Count} held-out frames, {progress.Step} steps in {progress.Seconds / 60:0.0} min of training");
        ResultTable.WriteJson(json ?? run.In("metrics.json"), rows);

        if (panel != "none")
        {
            var path = panel ?? run.In("panel.png");
            var captions = rows.Select(row => $"{row.Method}: " + string.Join(", ", row.Report.Compute().Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:0.####}"))));
            ReconstructionPanel.Draw(
                model, frames, pairs.MostDistant(frames, PanelPairs), $"{frames.Index.Dataset}, held-out frames, after {progress.Step} steps", [.. captions], device).Save(path, scale: 1);
            Console.WriteLine($"picture: {path}");
        }
        if (video != "none")
        {
            var path = video ?? run.In("reconstruction.mp4");
            ReconstructionVideo.Write(model, frames, frames.Index.Of(Split.Test)[0], path, device);
            Console.WriteLine($"video:   {path}");
        }
        return 0;
    }
}
