using System.Globalization;
using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>ArcFace's improved residual network of 50 or 100 layers: 512 numbers for an aligned face.</summary>
/// <remarks>
/// <b>Paper:</b> Deng et al. 2019. Names and shapes are those of the <c>backbone.pth</c> files of arcface_torch.
/// <b>Choice:</b> PECHead does not say which network its CSIM uses; this one on faces aligned to <see cref="Template"/>.
/// </remarks>
public sealed class IdentityFeatures : nn.Module<Tensor, Tensor>
{
    /// <summary>Length of an embedding.</summary>
    public const int Dimensions = 512;

    /// <summary>Side of an aligned face in pixels.</summary>
    public const int Side = 112;

    private const int LastSide = 7;
    private static readonly long[] Widths = [64, 128, 256, 512];
    private static readonly Dictionary<int, int[]> Depths = new() { [50] = [3, 4, 14, 3], [100] = [3, 13, 30, 3] };

    private readonly List<Func<Tensor, Tensor>> _steps = [];
    private readonly Linear _embedding;
    private readonly BatchNorm1d _norm;

    private IdentityFeatures(int layers) : base(nameof(IdentityFeatures))
    {
        if (!Depths.TryGetValue(layers, out int[]? depths))
            throw new ArgumentOutOfRangeException(nameof(layers), layers, $"There are networks of {string.Join(" and ", Depths.Keys)} layers.");
        Add("conv1", nn.Conv2d(3, Widths[0], 3, padding: 1, bias: false));
        Add("bn1", nn.BatchNorm2d(Widths[0]));
        Add("prelu", nn.PReLU(Widths[0]));
        long channels = Widths[0];
        foreach (var (stage, width) in Widths.Index())
        {
            Add($"layer{stage + 1}", Stage(channels, width, depths[stage]));
            channels = width;
        }
        Add("bn2", nn.BatchNorm2d(channels));
        _embedding = nn.Linear(channels * LastSide * LastSide, Dimensions);
        _norm = nn.BatchNorm1d(Dimensions);
        register_module("fc", _embedding);
        register_module("features", _norm);
    }

    /// <summary>Where eyes, nose and corners of the mouth lie in an aligned face, (x, y) in pixels of 112.</summary>
    public static IReadOnlyList<(double X, double Y)> Template { get; } =
        [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)];

    /// <summary>Builds the network from arcface_torch's weights.</summary>
    /// <param name="weights">State dict of a <c>backbone.pth</c>; it tells the depth.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs.</exception>
    public static IdentityFeatures FromStateDict(IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int layers = weights.ContainsKey($"layer3.{Depths[50][2]}.conv1.weight") ? 100 : 50;
        var network = Untrained(layers);
        ModuleWeights.Fill(network, weights, $"ArcFace's residual network of {layers} layers");
        return network;
    }

    /// <summary>The network with random weights, for tests of names and shapes.</summary>
    internal static IdentityFeatures Untrained(int layers) => ModuleWeights.Frozen(new IdentityFeatures(layers));

    /// <summary>Embeds aligned faces.</summary>
    /// <param name="input">Faces [N, 3, 112, 112], RGB in [0, 1], aligned to <see cref="Template"/>.</param>
    /// <returns>[N, 512], not normalised.</returns>
    public override Tensor forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, 3, Side, Side);
        using var scope = NewDisposeScope();
        var features = input * 2 - 1;
        foreach (var step in _steps)
            features = step(features);
        return _norm.call(_embedding.call(features.flatten(1))).MoveToOuterDisposeScope();
    }

    private static Sequential Stage(long inChannels, long outChannels, int depth)
    {
        var blocks = Enumerable.Range(0, depth).Select(i => (
            i.ToString(CultureInfo.InvariantCulture),
            (nn.Module<Tensor, Tensor>)new ResidualFaceBlock(i == 0 ? inChannels : outChannels, outChannels, i == 0 ? 2 : 1)));
        return nn.Sequential([.. blocks]);
    }

    private void Add(string name, nn.Module<Tensor, Tensor> module)
    {
        register_module(name, module);
        _steps.Add(module.call);
    }
}
