using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>Inception-v3 up to its last pooling, as FID uses it: 2048 numbers a frame.</summary>
/// <remarks>
/// <b>Paper:</b> Heusel et al. 2017. Weights are those of the TensorFlow network of 2015 in pytorch-fid's file: 1008
/// classes, torchvision's names. See <see cref="InceptionBlock"/> for where the network differs from torchvision's.
/// </remarks>
public sealed class InceptionFeatures : nn.Module<Tensor, Tensor>
{
    /// <summary>Length of a feature vector.</summary>
    public const int Dimensions = 2048;

    private const int Side = 299;
    private const int Classes = 1008;
    private readonly List<Func<Tensor, Tensor>> _steps = [];

    private InceptionFeatures() : base(nameof(InceptionFeatures))
    {
        Add("Conv2d_1a_3x3", new InceptionConvolution(3, 32, (3, 3), (0, 0), stride: 2));
        Add("Conv2d_2a_3x3", new InceptionConvolution(32, 32, (3, 3), (0, 0)));
        Add("Conv2d_2b_3x3", new InceptionConvolution(32, 64, (3, 3), (1, 1)));
        _steps.Add(input => nn.functional.max_pool2d(input, 3, 2));
        Add("Conv2d_3b_1x1", new InceptionConvolution(64, 80, (1, 1), (0, 0)));
        Add("Conv2d_4a_3x3", new InceptionConvolution(80, 192, (3, 3), (0, 0)));
        _steps.Add(input => nn.functional.max_pool2d(input, 3, 2));
        Add("Mixed_5b", InceptionBlock.A(192, 32));
        Add("Mixed_5c", InceptionBlock.A(256, 64));
        Add("Mixed_5d", InceptionBlock.A(288, 64));
        Add("Mixed_6a", InceptionBlock.B(288));
        Add("Mixed_6b", InceptionBlock.C(768, 128));
        Add("Mixed_6c", InceptionBlock.C(768, 160));
        Add("Mixed_6d", InceptionBlock.C(768, 160));
        Add("Mixed_6e", InceptionBlock.C(768, 192));
        Add("Mixed_7a", InceptionBlock.D(768));
        Add("Mixed_7b", InceptionBlock.E(1280, InceptionPool.MeanInside));
        Add("Mixed_7c", InceptionBlock.E(2048, InceptionPool.Maximum));
        register_module("fc", nn.Linear(Dimensions, Classes));   // in the file; FID takes what comes before it
    }

    /// <summary>Builds the network from pytorch-fid's weights.</summary>
    /// <param name="weights">State dict of <c>pt_inception-2015-12-05-6726825d.pth</c>.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs; torchvision's file has 1000 classes and is refused.</exception>
    public static InceptionFeatures FromStateDict(IReadOnlyDictionary<string, Tensor> weights)
    {
        var network = Untrained();
        ModuleWeights.Fill(network, weights, "pytorch-fid's Inception-v3");
        return network;
    }

    /// <summary>The network with random weights, for tests of names and shapes.</summary>
    internal static InceptionFeatures Untrained() => ModuleWeights.Frozen(new InceptionFeatures());

    /// <summary>Computes features; frames of another size are resized to 299 px, bilinear, without aligned corners.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, 2048].</returns>
    public override Tensor forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        var features = nn.functional.interpolate(input, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false) * 2 - 1;
        foreach (var step in _steps)
            features = step(features);
        return features.mean([2, 3]).MoveToOuterDisposeScope();
    }

    private void Add(string name, nn.Module<Tensor, Tensor> module)
    {
        register_module(name, module);
        _steps.Add(module.call);
    }
}
