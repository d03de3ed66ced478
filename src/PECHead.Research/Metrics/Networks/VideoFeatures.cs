using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>I3D trained on Kinetics-400, as FVD uses it: 400 logits a clip, averaged over time.</summary>
/// <remarks>
/// <b>Paper:</b> Carreira and Zisserman 2017; Unterthiner et al. 2018 for FVD. Names are those of pytorch-i3d's files. Another
/// common variant takes the 1024 numbers before the logits: its distances do not compare with these.
/// </remarks>
public sealed class VideoFeatures : nn.Module<Tensor, Tensor>
{
    /// <summary>Length of a feature vector.</summary>
    public const int Dimensions = 400;

    /// <summary>Frames of the shortest clip.</summary>
    public const int ShortestClip = 10;

    private const int Side = 224;

    private static readonly (string Name, VideoBlockWidths Widths, bool PoolBefore)[] Blocks =
    [
        ("Mixed_3b", new(64, 96, 128, 16, 32, 32), false),
        ("Mixed_3c", new(128, 128, 192, 32, 96, 64), false),
        ("Mixed_4b", new(192, 96, 208, 16, 48, 64), true),
        ("Mixed_4c", new(160, 112, 224, 24, 64, 64), false),
        ("Mixed_4d", new(128, 128, 256, 24, 64, 64), false),
        ("Mixed_4e", new(112, 144, 288, 32, 64, 64), false),
        ("Mixed_4f", new(256, 160, 320, 32, 128, 128), false),
        ("Mixed_5b", new(256, 160, 320, 32, 128, 128), true),
        ("Mixed_5c", new(384, 192, 384, 48, 128, 128), false),
    ];

    private readonly List<Func<Tensor, Tensor>> _steps = [];
    private readonly Conv3d _logits;

    private VideoFeatures() : base(nameof(VideoFeatures))
    {
        Add("Conv3d_1a_7x7", new VideoUnit(3, 64, 7, stride: 2));
        _steps.Add(input => VideoUnit.MaxPool(input, [1, 3, 3], [1, 2, 2]));
        Add("Conv3d_2b_1x1", new VideoUnit(64, 64, 1));
        Add("Conv3d_2c_3x3", new VideoUnit(64, 192, 3));
        _steps.Add(input => VideoUnit.MaxPool(input, [1, 3, 3], [1, 2, 2]));
        long channels = 192;
        foreach (var (name, widths, poolBefore) in Blocks)
        {
            long side = name.StartsWith("Mixed_5", StringComparison.Ordinal) ? 2 : 3;
            if (poolBefore)
                _steps.Add(input => VideoUnit.MaxPool(input, [side, side, side], [2, 2, 2]));
            Add(name, new VideoInceptionBlock(channels, widths));
            channels = widths.Total;
        }
        _logits = nn.Conv3d(channels, Dimensions, (1, 1, 1));
        register_module("logits", nn.Sequential(("conv3d", _logits)));
    }

    /// <summary>Builds the network from weights of pytorch-i3d's layout.</summary>
    /// <param name="weights">State dict with names such as <c>Mixed_3b.b1a.conv3d.weight</c>.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs.</exception>
    public static VideoFeatures FromStateDict(IReadOnlyDictionary<string, Tensor> weights)
    {
        var network = Untrained();
        ModuleWeights.Fill(network, weights, "I3D for Kinetics-400 (RGB)");
        return network;
    }

    /// <summary>The network with random weights, for tests of names and shapes.</summary>
    internal static VideoFeatures Untrained() => ModuleWeights.Frozen(new VideoFeatures());

    /// <summary>Computes features; frames are resized so that the shorter side has 224 px, bilinear, and cropped around the centre.</summary>
    /// <param name="input">Clips [N, T, 3, H, W], RGB in [0, 1], T at least <see cref="ShortestClip"/>; 16 is usual.</param>
    /// <returns>[N, 400].</returns>
    /// <exception cref="ArgumentException">Another shape, or shorter clips.</exception>
    public override Tensor forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        if (input.size(1) < ShortestClip)
            throw new ArgumentException($"FVD needs clips of at least {ShortestClip} frames, not {input.size(1)}.", nameof(input));
        using var scope = NewDisposeScope();
        return Classify(Prepare(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of clips [N, 3, T, h, w] in [-1, 1] as they are, averaged over time.</summary>
    internal Tensor Classify(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var features = clips;
        foreach (var step in _steps)
            features = step(features);
        var pooled = nn.functional.avg_pool3d(features, [2, features.size(3), features.size(4)], [1, 1, 1]);
        return _logits.call(pooled).mean([2, 3, 4]).MoveToOuterDisposeScope();
    }

    private static Tensor Prepare(Tensor clips)
    {
        long n = clips.size(0), t = clips.size(1), height = clips.size(3), width = clips.size(4);
        long shorter = Math.Min(height, width);
        long h = height == shorter ? Side : height * Side / shorter, w = width == shorter ? Side : width * Side / shorter;
        var frames = nn.functional.interpolate(
            clips.flatten(0, 1), [h, w], mode: InterpolationMode.Bilinear, align_corners: false);
        var cropped = frames.narrow(2, (h - Side) / 2, Side).narrow(3, (w - Side) / 2, Side) * 2 - 1;
        return cropped.reshape(n, t, 3, Side, Side).transpose(1, 2).contiguous();
    }

    private void Add(string name, nn.Module<Tensor, Tensor> module)
    {
        register_module(name, module);
        _steps.Add(module.call);
    }
}
