using PECHead.Experiments.Terminal;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Evaluation;
using PECHead.Research.Observation;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead evaluate --protocol</c>: one of the paper's tables with its figures, written into a folder.</summary>
/// <param name="Protocol">Which table.</param>
/// <param name="Store">Folder of the frame store.</param>
/// <param name="Models">Their ids, folders or files.</param>
internal sealed record ProtocolTables(EvaluationProtocol Protocol, string Store, IReadOnlyList<string> Models)
{
    private const string PreferredDataset = "TalkingHead-1KH";
    private const string FrameStoreFile = "index.json";
    private const int PairSeed = 1;
    private const int PairFrames = 48;

    /// <summary>Folder of the files of pairs; null: that of the data set.</summary>
    public string? Pairs { get; init; }

    /// <summary>Folder of the tables; null: runs/evaluation/&lt;protocol&gt;.</summary>
    public string? Output { get; init; }

    /// <summary>Folder of the paper's figures; where there is none the table has no such columns.</summary>
    public string Papers { get; init; } = Path.Combine("experiments", "paper-tables");

    /// <summary>Data set whose figures are shown; null: TalkingHead-1KH where the table has it.</summary>
    public string? Dataset { get; init; }

    /// <summary>Folder where measurements of recorded frames are kept.</summary>
    public required string Kept { get; init; }

    /// <summary>Folder of the weights that the literature's metrics need.</summary>
    public required WeightFolder Weights { get; init; }

    /// <summary>Folder of data.</summary>
    public required string Data { get; init; }

    /// <summary>Evaluates and writes.</summary>
    /// <param name="world">The ranks that share the clips; the first writes.</param>
    /// <param name="deviceText">As <see cref="CommonOptions"/> understands it.</param>
    /// <param name="cancellation">Stops.</param>
    public int Write(World world, string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText, world);
        var published = Published();
        using var chosen = new ChosenModels(Models, device);
        using var frames = FaceStore.Open(Frames(world, chosen, deviceText, cancellation), chosen.Reconstructor);
        chosen.RequireSize(frames.Frames);
        using var measurer = new FaceMeasurer(world.InTurn(() => FaceStores.Networks(Data)), device, Kept);
        using var networks = CommonOptions.LoadNetworks(Weights, device);
        var output = Output ?? Path.Combine("runs", "evaluation", Protocol.Id);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var report = ProgressBar.Show($"{Protocol.Title}: {chosen.Named.Count} models", bar => ProtocolEvaluation.Run(
            Protocol, chosen.Named, frames, Pairs ?? world.InTurn(() => PairsOf(frames, output)), device, measurer, networks,
            new Relay<(int Done, int Count)>(step => bar.Update(step.Done, step.Count)), world, cancellation));
        if (!world.IsFirst) return 0;

        var table = report.Table(published, $"Trained, in the last stage, for {string.Join(", ", chosen.Loaded.Zip(chosen.Named).Where(one => one.First.Progress is not null && !report.LeftOut.Contains(one.Second.Name)).Select(one => $"{one.First.Progress!.Step} ({one.Second.Name})"))} steps.");
        report.Write(output, table);
        Console.WriteLine(table.ToMarkdown());
        var (found, read) = measurer.Recalled;
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:0} s; measurements of recorded frames: {found} from {Kept}, {read} new");
        Console.WriteLine($"tables:  {Path.Combine(output, "table.{md,tex,csv}")}");
        Console.WriteLine($"page:    {Path.Combine(output, "index.html")}, with the figures beside it as SVG and their numbers as CSV");
        return 0;
    }

    // Of people outside of training a folder of their clips will do: it is prepared on the way.
    private string Frames(World world, ChosenModels chosen, string device, CancellationToken cancellation)
    {
        if (Protocol != EvaluationProtocol.UnseenPeople || !Directory.Exists(Store) || File.Exists(Path.Combine(Store, FrameStoreFile))) return Store;
        var size = chosen.Named[0].Model.ImageSize;
        var target = Path.Combine(Data, $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Store))).ToLowerInvariant()}-{size}");
        DataCommand.Prepare(world, Store, size, null, target, HeadCrops.Head, new FolderManifestOptions { TestShare = 0 }, chosen.Reconstructor, Data, device, cancellation);
        return target;
    }

    private string PairsOf(FaceStore frames, string output)
    {
        if (Protocol != EvaluationProtocol.UnseenPeople) return ProtocolCommand.FolderOf(frames.Index.Dataset);
        var folder = Path.Combine(output, "pairs");
        foreach (var task in Protocol.Tasks)
            new ProtocolPairs(frames.Index.Dataset, frames.Index.Fingerprint, PairSeed, ProtocolDraw.Draw(task, frames, PairSeed, PairFrames, everyClip: true)).Write(ProtocolPairs.PathIn(folder, task));
        return folder;
    }

    private IReadOnlyList<PaperFigure> Published()
    {
        var path = Path.Combine(Papers, $"{Protocol.PaperTable}.csv");
        if (!File.Exists(path) && Dataset is null) return [];
        var datasets = PaperTable.Read(path).Select(figure => figure.Dataset).Distinct().ToList();
        return PaperTable.Of(path, Dataset ?? (datasets.Contains(PreferredDataset) ? PreferredDataset : datasets[^1]));
    }
}
