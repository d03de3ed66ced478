using System.Globalization;
using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>Which network's features LPIPS compares.</summary>
public enum PerceptualNetwork
{
    /// <summary>AlexNet, ReLU 1 to 5.</summary>
    AlexNet,

    /// <summary>VGG16, the last ReLU of each of the five stages.</summary>
    Vgg16,

    /// <summary>SqueezeNet 1.1, the first ReLU and six later blocks.</summary>
    SqueezeNet,
}

/// <summary>The convolutional part of a torchvision network, under torchvision's numbers, with taps between its layers.</summary>
internal sealed class PerceptualBackbone : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    private readonly List<(Func<Tensor, Tensor> Apply, bool Tap)> _steps = [];
    private readonly List<long> _widths = [];

    public PerceptualBackbone(PerceptualNetwork network) : base(nameof(PerceptualBackbone))
    {
        switch (network)
        {
            case PerceptualNetwork.AlexNet:
                AddAlexNet();
                break;
            case PerceptualNetwork.Vgg16:
                AddVgg16();
                break;
            case PerceptualNetwork.SqueezeNet:
                AddSqueezeNet();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(network), network, "no such network");
        }
    }

    /// <summary>Channels at the taps.</summary>
    public IReadOnlyList<long> Widths => _widths;

    /// <summary>Copies torchvision's weights; the fully connected part of the file is not needed.</summary>
    public void Fill(IReadOnlyDictionary<string, Tensor> weights, string whose)
    {
        const string Prefix = "features.";
        ModuleWeights.Fill(
            this, weights.ToDictionary(e => e.Key.StartsWith(Prefix, StringComparison.Ordinal) ? e.Key[Prefix.Length..] : e.Key, e => e.Value),
            whose, name => name.StartsWith("classifier.", StringComparison.Ordinal));
    }

    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var taps = new List<Tensor>();
        var features = input;
        foreach (var (apply, tap) in _steps)
        {
            features = apply(features);
            if (tap)
                taps.Add(features.MoveToOuterDisposeScope());
        }
        return taps;
    }

    private void AddAlexNet()
    {
        AddConvolution(0, 3, 64, 11, 4, 2, tap: true);
        AddPool(3, ceiling: false);
        AddConvolution(3, 64, 192, 5, 1, 2, tap: true);
        AddPool(3, ceiling: false);
        AddConvolution(6, 192, 384, 3, 1, 1, tap: true);
        AddConvolution(8, 384, 256, 3, 1, 1, tap: true);
        AddConvolution(10, 256, 256, 3, 1, 1, tap: true);
    }

    private void AddVgg16()
    {
        long channels = 3;
        int index = 0;
        foreach (var (width, depth) in new[] { (64L, 2), (128, 2), (256, 3), (512, 3), (512, 3) })
        {
            if (index > 0)
            {
                AddPool(2, ceiling: false);
                index++;
            }
            for (int i = 0; i < depth; i++, index += 2, channels = width)
                AddConvolution(index, channels, width, 3, 1, 1, tap: i == depth - 1);
        }
    }

    private void AddSqueezeNet()
    {
        AddConvolution(0, 3, 64, 3, 2, 0, tap: true);
        AddPool(3, ceiling: true);
        AddFire(3, 64, 16, 64, tap: false);
        AddFire(4, 128, 16, 64, tap: true);
        AddPool(3, ceiling: true);
        AddFire(6, 128, 32, 128, tap: false);
        AddFire(7, 256, 32, 128, tap: true);
        AddPool(3, ceiling: true);
        AddFire(9, 256, 48, 192, tap: true);
        AddFire(10, 384, 48, 192, tap: true);
        AddFire(11, 384, 64, 256, tap: true);
        AddFire(12, 512, 64, 256, tap: true);
    }

    private void AddConvolution(int index, long inChannels, long outChannels, long kernel, long stride, long padding, bool tap)
    {
        var convolution = nn.Conv2d(inChannels, outChannels, kernel, stride, padding);
        Add(index, convolution, input => convolution.call(input).relu_(), outChannels, tap);
    }

    private void AddFire(int index, long inChannels, long squeezed, long expanded, bool tap)
    {
        var block = new FireBlock(inChannels, squeezed, expanded);
        Add(index, block, block.call, 2 * expanded, tap);
    }

    private void AddPool(long kernel, bool ceiling) =>
        _steps.Add((input => nn.functional.max_pool2d(input, kernel, 2, ceil_mode: ceiling), false));

    private void Add(int index, nn.Module module, Func<Tensor, Tensor> apply, long width, bool tap)
    {
        register_module(index.ToString(CultureInfo.InvariantCulture), module);
        _steps.Add((apply, tap));
        if (tap)
            _widths.Add(width);
    }
}
