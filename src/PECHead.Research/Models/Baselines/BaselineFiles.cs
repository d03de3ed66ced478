using System.Text.Json;
using PECHead.Research.Checkpoints;
using PECHead.Research.Models.Baselines.ArticulatedAnimation;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.DepthAware;
using PECHead.Research.Models.Baselines.FaceToFace;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LatentAnimator;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Models.Baselines.ThinPlate;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Files of baselines: as published, and as 'pechead import' writes them.</summary>
internal static class BaselineFiles
{
    private const string Format = "pechead-baseline-1";
    private const string FormatKey = "format", ModelKey = "model", ConfigKey = "architecture";

    /// <summary>The formats that are known.</summary>
    public static IReadOnlyList<BaselineFormat> All { get; } =
    [
        ArticulatedModel.Format, SplineModel.Format, LatentModel.Format, FreeViewModel.Format, DepthAwareModel.Format, FaceToFaceModel.Format, LivePortraitModel.Format,
        CodebookModel.Format,
    ];

    /// <summary>Whether a file is one of <see cref="Save"/>.</summary>
    /// <param name="path">A file of any kind.</param>
    public static bool IsOurs(string path) => StateDictReader.Metadata(path).GetValueOrDefault(FormatKey) == Format;

    /// <summary>Whose published weights a file has; null where no format fits.</summary>
    /// <param name="parts">What is in the file.</param>
    public static BaselineFormat? Recognise(PublishedParts parts) => All.FirstOrDefault(format => parts.Has(format.Signature.Part, format.Signature.Name));

    /// <summary>Writes a model as one safetensors file: tensors under our names, the configuration with all conventions beside them.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="format">Which model it is.</param>
    /// <param name="model">The model.</param>
    public static void Save(string path, BaselineFormat format, BaselineModel model) => StateDict.Save(path, model.state_dict(), new Dictionary<string, string>
    {
        [FormatKey] = Format,
        [ModelKey] = format.Id,
        [ConfigKey] = JsonSerializer.Serialize(model.Settings, model.Settings.GetType()),
    });

    /// <summary>Reads a file of <see cref="Save"/>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The format, and a model in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged or of a model that is not known.</exception>
    public static (BaselineFormat Format, BaselineModel Model) Load(string path)
    {
        var stated = StateDictReader.Metadata(path);
        string id = stated.GetValueOrDefault(ModelKey, "");
        var format = All.FirstOrDefault(one => one.Id == id)
            ?? throw new CheckpointFormatException($"{path}: no model '{id}'; there are: {string.Join(", ", All.Select(one => one.Id))}.");
        using var scope = NewDisposeScope();
        var model = Configured(path, format, stated.GetValueOrDefault(ConfigKey, ""));
        ModuleWeights.Fill(model, StateDict.Load(path), $"{format.Title} ({path})");
        model.eval();
        return (format, model);
    }

    private static BaselineModel Configured(string path, BaselineFormat format, string text)
    {
        try
        {
            return format.FromText(text);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new CheckpointFormatException($"{path}: the configuration of {format.Title} is damaged: {error.Message}", error);
        }
    }
}
