using System.CommandLine;
using System.Globalization;
using PECHead.Experiments.Terminal;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Evaluation;
using PECHead.Research.Models;
using PECHead.Research.Observation;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead evaluate</c>: the reconstruction table, the panel and a video of the held-out split; or one of the paper's tables.</summary>
internal static class EvaluateCommand
{
    private const int PanelPairs = 8;
    private const int MetricsPerLine = 7;

    public static Command Create()
    {
        var store = new Option<string?>("--store") { Description = "Frame store of 'pechead data prepare'; for unseen-people also a folder of clips, one person each. Default with --protocol: talking-face-128 in the folder of data." };
        var model = ModelChoice.Several("Several make a table. Default with --protocol: the six settings of PECHead.");
        var protocol = new Option<string?>("--protocol") { Description = $"One of the paper's tables: {string.Join(", ", EvaluationProtocol.All.Select(one => one.Id))}." };
        var pairs = new Option<string?>("--pairs") { Description = "With --protocol: folder of 'pechead protocol write'. Default: experiments/protocols/<data set>." };
        var output = new Option<string?>("--out") { Description = "With --protocol: folder of tables and figures. Default: runs/evaluation/<protocol>." };
        var paper = new Option<string?>("--paper") { Description = "With --protocol: data set whose printed figures stand beside ours." };
        var kept = new Option<string>("--kept") { Description = "Folder where what was read in recorded frames is kept for the next time.", DefaultValueFactory = _ => FaceStores.MeasurementCache };
        var stride = Numbers.Whole("--stride", "Drive with every so many-th frame of each test clip.", 1);
        var noFaces = new Option<bool>("--no-faces") { Description = "Leave out the metrics for which faces are found: AKD, CSIM, ARD, AUH, flicker, jerk, and FID, AED, FVD of the embedded networks." };
        var noise = Numbers.Number("--noise", "Let the faces of driving frames tremble by so many times what the face model trembles. Default: 0.", 0);
        var noContext = new Option<bool>("--no-context") { Description = "Let no frame know of the frames before it." };
        var precision = CommonOptions.Precision(Precision.Full);
        var json = CommonOptions.Json();
        var panel = new Option<string?>("--panel") { Description = "Picture of eight pairs, with one model. Default: panel.png beside each model; 'none' draws none." };
        var video = new Option<string?>("--video") { Description = "Video of source, driving and result, with one model. Default: reconstruction.mp4 beside each model; 'none' makes none." };
        var weights = CommonOptions.Weights();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("evaluate", "Measure models on the test split, beside a copy of the source frame: L1, PSNR, SSIM, MS-SSIM, landmarks, identity, pose, expression, realism and smoothness. With --protocol, the paper's Tables 1 to 4.")
        {
            store, model, protocol, pairs, output, paper, kept, stride, noise, noContext, noFaces, precision, json, panel, video, weights, data, device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            string[] models = parsed.GetValue(model) ?? [];
            if (parsed.GetValue(protocol) is { } id)
            {
                foreach (var option in new Option[] { stride, noise, noContext, noFaces, precision, json, panel, video })
                    if (parsed.GetResult(option) is { Implicit: false }) throw new ArgumentException($"{option.Name} does not go with --protocol, whose pairs and files are fixed.");
                return Task.FromResult(Ranks.Run((world, token) => new ProtocolTables(
                    EvaluationProtocol.Named(id), parsed.GetValue(store) ?? Path.Combine(parsed.GetValue(data)!, "talking-face-128"), models.Length > 0 ? models : [.. AblationSettings.All.Select(setting => setting.Id)])
                {
                    Pairs = parsed.GetValue(pairs),
                    Output = parsed.GetValue(output),
                    Dataset = parsed.GetValue(paper),
                    Kept = parsed.GetValue(kept)!,
                    Data = parsed.GetValue(data)!,
                    Weights = CommonOptions.ParseWeights(parsed.GetValue(weights)),
                }.Write(world, parsed.GetValue(device)!, token), cancellation));
            }
            return Task.FromResult(Ranks.Run((world, token) => Evaluate(
                world, parsed.GetValue(store) ?? throw new ArgumentException("Name the frame store with --store."),
                models.Length > 0 ? models : throw new ArgumentException("Name a model with --model."), parsed.GetValue(stride),
                new EvaluationConditions { Noise = parsed.GetValue(noise) ?? 0, Propagates = !parsed.GetValue(noContext) }, !parsed.GetValue(noFaces),
                parsed.GetValue(precision), parsed.GetValue(json), parsed.GetValue(panel), parsed.GetValue(video), parsed.GetValue(kept)!, CommonOptions.ParseWeights(parsed.GetValue(weights)), parsed.GetValue(data)!, parsed.GetValue(device)!,
                token), cancellation));
        });
        return command;
    }

    private static int Evaluate(
        World world, string store, string[] paths, int stride, EvaluationConditions conditions, bool faces, Precision precision, string? json, string? panel, string? video, string kept, WeightFolder weights, string data,
        string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText, world);
        if (Path.GetExtension(json) == ".csv") throw new ArgumentException($"--json '{json}': the table is written as CSV beside it, under the same name; let the name end in .json.");
        if (paths.Length > 1 && (panel is not (null or "none") || video is not (null or "none")))
            throw new ArgumentException("--panel and --video name one file: give them with one model.");
        using var chosen = new ChosenModels(paths, device);
        var models = chosen.Named;
        using var frames = FaceStore.Open(store, chosen.Reconstructor);
        chosen.RequireSize(frames.Frames);
        var asked = DrivenClip.Of(frames.Index, stride: stride);
        var found = CheckedClips.Of(frames.Frames, asked, world, cancellation);
        if (found.Describe(asked.Count) is { } damage) Console.WriteLine(damage);
        var clips = found.Whole;
        var count = clips.Sum(clip => clip.Driving.Count);
        using var measurer = faces ? new FaceMeasurer(world.InTurn(() => FaceStores.Networks(data)), device, kept) : null;
        using var networks = CommonOptions.LoadNetworks(weights, device);

        var rows = ProgressBar.Show("evaluating on the test split", bar => ReconstructionEvaluation.Run(
            models, frames, clips, device, measurer, networks, precision, conditions: conditions, progress: new Relay<int>(done => bar.Update(done, count)), world: world, cancellation: cancellation));
        if (!world.IsFirst) return 0;
        ScoreTable.Print(rows);
        foreach (var (one, model) in chosen.Loaded.Zip(models))
            Console.WriteLine($"{model.Name}: {count} held-out frames{(one.Progress is { } trained ? $", {trained.Step} steps in {trained.Seconds / 60:0.0} min of training" : "")}");
        var metrics = json ?? Path.Combine(FolderOf(paths[0]), "metrics.json");
        ScoreTable.WriteJson(metrics, rows);
        CsvTable.Write(ReconstructionEvaluation.Measured(rows), Path.ChangeExtension(metrics, ".csv"));

        var pairs = PairList.Reconstruction(frames.Index).MostDistant(frames.Frames, PanelPairs);
        for (var i = 0; i < models.Count; i++)
        {
            var (folder, model) = (FolderOf(paths[i]), models[i].Model);
            if (panel != "none")
            {
                // Lines no longer than the pictures are wide.
                string[] captions = [.. new[] { rows[0], rows[i + 1] }.SelectMany(row => row.Scores.Compute().Chunk(MetricsPerLine).Select(
                    line => $"{row.Method}: " + string.Join(", ", line.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:0.####}")))))];
                var path = panel ?? Path.Combine(folder, "panel.png");
                ReconstructionPanel.Draw(
                    model, frames, pairs, $"{frames.Index.Dataset}, {models[i].Name}, held-out frames{(chosen.Loaded[i].Progress is { } trained ? $", after {trained.Step} steps" : "")}", captions, device).Save(path, scale: 1);
                Console.WriteLine($"picture: {path}");
            }
            if (video != "none")
            {
                var path = video ?? Path.Combine(folder, "reconstruction.mp4");
                ReconstructionVideo.Write(model, frames, clips[0], path, device);
                Console.WriteLine($"video:   {path}");
            }
        }
        return 0;
    }

    private static string FolderOf(string model)
    {
        var path = ModelChoice.PathOf(model);
        return Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
    }
}
