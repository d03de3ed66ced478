using System.Globalization;
using System.Text.RegularExpressions;
using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>The published weights of First Order Motion Model (<c>vox-256.pth.tar</c> and the like), under our names.</summary>
/// <remarks>
/// The files hold state dicts <c>kp_detector</c> and <c>generator</c>, and sometimes a discriminator and optimizers, which are
/// not read. Sizes follow from the shapes, so files of other data sets and of other numbers of points load as well.
/// </remarks>
public static partial class FirstOrderWeights
{
    /// <summary>The detector's state dict in a published file.</summary>
    public const string DetectorContainer = "kp_detector";

    /// <summary>The generator's state dict in a published file.</summary>
    public const string GeneratorContainer = "generator";

    private const string Format = "pechead-first-order-1";
    private const string ConventionKey = "align_corners";

    private static readonly (Regex Pattern, string Ours)[] Names =
    [
        (Encoder(), "hourglass.encoder.$1."),
        (Decoder(), "hourglass.decoder.$1."),
        (Bottleneck(), "bottleneck.$1."),
        (Down(), "down.$1."),
        (Up(), "up.$1."),
        (Filter(), "downsample.weight"),
        (Heatmap(), "heatmap."),
    ];

    /// <summary>Our name of a published tensor.</summary>
    /// <param name="name">Its name inside <c>kp_detector</c> or <c>generator</c>.</param>
    public static string Translate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        const string Motion = "dense_motion_network.";
        string prefix = name.StartsWith(Motion, StringComparison.Ordinal) ? "motion." : "";
        string rest = prefix.Length > 0 ? name[Motion.Length..] : name;
        foreach (var (pattern, ours) in Names)
        {
            if (pattern.IsMatch(rest))
                return prefix + pattern.Replace(rest, ours, 1);
        }
        return prefix + rest;
    }

    /// <summary>
    /// Reads a published file in either of PyTorch's layouts, a safetensors copy of one (names with the prefixes
    /// <c>kp_detector.</c> and <c>generator.</c>), or a file of <see cref="Save"/>.
    /// </summary>
    /// <param name="path">The file, told apart by content.</param>
    /// <param name="alignCorners">
    /// True for the convention that the weights were trained under; false to imitate the published code on a later PyTorch; null for
    /// what a file of <see cref="Save"/> says, and true for all others.
    /// </param>
    /// <returns>A model in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged, or its names and shapes are not the model's.</exception>
    public static FirstOrderModel Load(string path, bool? alignCorners = null)
    {
        using var scope = NewDisposeScope();
        var (detector, generator) = Read(path);
        var model = new FirstOrderModel(Sizes(path, detector, generator) with { AlignCorners = alignCorners ?? StoredConvention(path) });
        ModuleWeights.Fill(model.Detector, detector, $"a detector of First Order Motion Model ({path})");
        ModuleWeights.Fill(model.Generator, generator, $"a generator of First Order Motion Model ({path})");
        model.eval();
        return model;
    }

    /// <summary>Writes a model as one safetensors file under our names.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="model">The model.</param>
    public static void Save(string path, FirstOrderModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        StateDict.Save(path, model.state_dict(), new Dictionary<string, string> { ["format"] = Format, [ConventionKey] = model.Config.AlignCorners ? "true" : "false" });
    }

    private static (Dictionary<string, Tensor> Detector, Dictionary<string, Tensor> Generator) Read(string path)
    {
        if (StateDictReader.KindOf(path) != FileKind.Safetensors)
            return (Published(path, DetectorContainer), Published(path, GeneratorContainer));
        var all = StateDict.Load(path);
        return IsOurs(path)
            ? (Under(all, "detector."), Under(all, "generator."))
            : (Translated(Under(all, DetectorContainer + ".")), Translated(Under(all, GeneratorContainer + ".")));
    }

    /// <summary>Whether a file is one of <see cref="Save"/>.</summary>
    /// <param name="path">A file of any kind.</param>
    internal static bool IsOurs(string path) => StateDictReader.Metadata(path).GetValueOrDefault("format") == Format;

    // Only a file of ours says it; all others are of the convention that the weights were trained under.
    private static bool StoredConvention(string path) => StateDictReader.Metadata(path).GetValueOrDefault(ConventionKey, "true") switch
    {
        "true" => true,
        "false" => false,
        var other => throw new CheckpointFormatException($"{path}: '{ConventionKey}' is '{other}', neither true nor false"),
    };

    private static Dictionary<string, Tensor> Published(string path, string container) =>
        Translated(StateDict.Load(path, container));

    /// <summary>Reads the sizes of a detector and of a motion network off the files of a later method that has both.</summary>
    /// <param name="parts">The parts of a file.</param>
    /// <param name="detector">The part of the detector, and what stands before its published names.</param>
    /// <param name="motion">The same of the motion network.</param>
    /// <param name="published">What the file does not state.</param>
    /// <returns>With the size of frames whose smallest map in the hourglasses has two pixels a side, as in the published networks.</returns>
    /// <exception cref="CheckpointFormatException">A tensor is missing or has no plausible shape.</exception>
    internal static FirstOrderConfig Hourglasses(PublishedParts parts, (string Part, string Prefix) detector, (string Part, string Prefix) motion, FirstOrderConfig published)
    {
        int depth = Math.Max(1, parts.Blocks(detector.Part, $"{detector.Prefix}predictor.encoder.down_blocks."));
        int OfDetector(string blocks) => parts.Size(detector.Part, $"{detector.Prefix}predictor.{blocks}.{depth - 1}.conv.weight", 0);
        int OfMotion(string blocks) => parts.Size(motion.Part, $"{motion.Prefix}hourglass.{blocks}.{depth - 1}.conv.weight", 0);
        const string Down = "encoder.down_blocks", Up = "decoder.up_blocks";
        return published with
        {
            KeypointCount = parts.Size(detector.Part, $"{detector.Prefix}kp.weight", 0),
            DetectorExpansion = OfDetector(Up),
            MotionExpansion = OfMotion(Up),
            MaxChannels = Math.Max(OfDetector(Down), OfMotion(Down)),
            HourglassDepth = depth,
            ImageSize = (2 * published.Reduction) << depth,
        };
    }

    private static Dictionary<string, Tensor> Translated(Dictionary<string, Tensor> published)
    {
        var ours = new Dictionary<string, Tensor>(published.Count);
        foreach (var (name, tensor) in published)
        {
            if (!ours.TryAdd(Translate(name), tensor))
                throw new CheckpointFormatException($"Two tensors have the name '{Translate(name)}' here; one of them is '{name}'.");
        }
        return ours;
    }

    private static Dictionary<string, Tensor> Under(Dictionary<string, Tensor> tensors, string prefix) => tensors
        .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    // Widths are read off the tensors that state them; all other shapes are checked against what follows from these.
    private static FirstOrderConfig Sizes(string path, Dictionary<string, Tensor> detector, Dictionary<string, Tensor> generator)
    {
        long Size(Dictionary<string, Tensor> tensors, string name, int axis) =>
            tensors.TryGetValue(name, out var tensor) && tensor.ndim > axis && tensor.size(axis) is > 0 and < 1 << 14
                ? tensor.size(axis)
                : throw new CheckpointFormatException($"{path} is no file of First Order Motion Model: it has no {name} of a plausible shape.");
        int Count(Dictionary<string, Tensor> tensors, string prefix) => 1 + tensors.Keys
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => int.TryParse(name[prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < 16 ? index : -1)
            .DefaultIfEmpty(-1).Max();

        int depth = Count(detector, "hourglass.encoder.");
        if (depth < 1)
            throw new CheckpointFormatException($"{path} is no file of First Order Motion Model: its detector has no hourglass.");
        var defaults = new FirstOrderConfig();
        return defaults with
        {
            KeypointCount = (int)Size(detector, "heatmap.weight", 0),
            SharedJacobian = Size(detector, "jacobian.weight", 0) == 4 && Size(detector, "heatmap.weight", 0) > 1,
            HourglassDepth = depth,
            DetectorExpansion = (int)Size(detector, $"hourglass.decoder.{depth - 1}.conv.weight", 0),
            MotionExpansion = (int)Size(generator, $"motion.hourglass.decoder.{depth - 1}.conv.weight", 0),
            MaxChannels = (int)Math.Max(
                Size(detector, $"hourglass.encoder.{depth - 1}.conv.weight", 0),
                Size(generator, $"motion.hourglass.encoder.{depth - 1}.conv.weight", 0)),
            BaseChannels = (int)Size(generator, "first.conv.weight", 0),
            DownBlocks = Math.Max(1, Count(generator, "down.")),
            BottleneckBlocks = Count(generator, "bottleneck."),
            ImageSize = 2 * defaults.Reduction << depth,   // the smallest map of the published networks has two pixels a side
        };
    }

    [GeneratedRegex(@"^(?:predictor|hourglass)\.encoder\.down_blocks\.(\d+)\.")]
    private static partial Regex Encoder();

    [GeneratedRegex(@"^(?:predictor|hourglass)\.decoder\.up_blocks\.(\d+)\.")]
    private static partial Regex Decoder();

    [GeneratedRegex(@"^bottleneck\.r(\d+)\.")]
    private static partial Regex Bottleneck();

    [GeneratedRegex(@"^down_blocks\.(\d+)\.")]
    private static partial Regex Down();

    [GeneratedRegex(@"^up_blocks\.(\d+)\.")]
    private static partial Regex Up();

    [GeneratedRegex(@"^down\.weight$")]
    private static partial Regex Filter();

    [GeneratedRegex(@"^kp\.")]
    private static partial Regex Heatmap();
}
