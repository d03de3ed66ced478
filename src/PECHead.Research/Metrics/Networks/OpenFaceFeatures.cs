using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>OpenFace's nn4.small2: 128 numbers of unit length for a face, as AED uses it.</summary>
/// <remarks>
/// <b>Paper:</b> Amos et al. 2016. Names and shapes are those of the PyTorch conversion that First Order Motion Model's
/// evaluation uses (<c>openface.pth</c>). That evaluation embeds whole frames, resized to 96 px, blue before red.
/// </remarks>
public sealed class OpenFaceFeatures : nn.Module<Tensor, Tensor>
{
    /// <summary>Length of an embedding.</summary>
    public const int Dimensions = 128;

    private const int Side = 96;
    private const int Window = 5;
    private const double Epsilon = 1e-6;

    private readonly List<Func<Tensor, Tensor>> _steps = [];
    private readonly Linear _embedding;

    private OpenFaceFeatures() : base(nameof(OpenFaceFeatures))
    {
        AddConvolution(1, 3, 64, 7, 2);
        _steps.Add(input => nn.functional.max_pool2d(input, 3, 2, 1));
        _steps.Add(AcrossChannels);
        AddConvolution(6, 64, 64, 1, 1);
        AddConvolution(9, 64, 192, 3, 1);
        _steps.Add(AcrossChannels);
        _steps.Add(input => nn.functional.max_pool2d(input, 3, 2, 1));
        long channels = 192;
        channels = AddBlock(14, new OpenFaceBlock(channels, OpenFacePool.Maximum, 32, 64, new(3, 1, 96, 128), new(5, 1, 16, 32)));
        channels = AddBlock(15, new OpenFaceBlock(channels, OpenFacePool.Energy, 64, 64, new(3, 1, 96, 128), new(5, 1, 32, 64)));
        channels = AddBlock(16, new OpenFaceBlock(channels, OpenFacePool.Maximum, null, null, new(3, 2, 128, 256), new(5, 2, 32, 64)));
        channels = AddBlock(17, new OpenFaceBlock(channels, OpenFacePool.Energy, 128, 256, new(3, 1, 96, 192), new(5, 1, 32, 64)));
        channels = AddBlock(18, new OpenFaceBlock(channels, OpenFacePool.Maximum, null, null, new(3, 2, 160, 256), new(5, 2, 64, 128)));
        channels = AddBlock(19, new OpenFaceBlock(channels, OpenFacePool.Energy, 96, 256, new OpenFaceBranch(3, 1, 96, 384)));
        channels = AddBlock(21, new OpenFaceBlock(channels, OpenFacePool.Maximum, 96, 256, new OpenFaceBranch(3, 1, 96, 384)));
        _embedding = nn.Linear(channels, Dimensions);
        register_module("layer25", _embedding);
    }

    /// <summary>Builds the network from the converted weights.</summary>
    /// <param name="weights">State dict of <c>openface.pth</c>.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs.</exception>
    public static OpenFaceFeatures FromStateDict(IReadOnlyDictionary<string, Tensor> weights)
    {
        var network = Untrained();
        ModuleWeights.Fill(network, weights, "OpenFace's nn4.small2");
        return network;
    }

    /// <summary>The network with random weights, for tests of names and shapes.</summary>
    internal static OpenFaceFeatures Untrained() => ModuleWeights.Frozen(new OpenFaceFeatures());

    /// <summary>Embeds frames.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, 128], of unit length.</returns>
    public override Tensor forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        var features = nn.functional.interpolate(input.flip(1), [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);
        foreach (var step in _steps)
            features = step(features);
        var embedding = _embedding.call(features.mean([2, 3]));
        return (embedding / (embedding.square().sum(1, keepdim: true) + Epsilon).sqrt()).MoveToOuterDisposeScope();
    }

    private static Tensor AcrossChannels(Tensor input) => nn.functional.local_response_norm(input, Window, alpha: 1e-4, beta: 0.75, k: 1);

    private void AddConvolution(int layer, long inChannels, long outChannels, long kernel, long stride)
    {
        var convolution = nn.Conv2d(inChannels, outChannels, kernel, stride, kernel / 2);
        var norm = nn.BatchNorm2d(outChannels);
        register_module($"layer{layer}", convolution);
        register_module($"layer{layer + 1}", norm);
        _steps.Add(input => norm.call(convolution.call(input)).relu_());
    }

    private long AddBlock(int layer, OpenFaceBlock block)
    {
        register_module($"layer{layer}", block);
        _steps.Add(block.call);
        return block.OutChannels;
    }
}
