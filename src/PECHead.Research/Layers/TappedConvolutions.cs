using System.Globalization;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>The convolutional part of a torchvision network, under torchvision's numbers, with taps between its layers.</summary>
/// <remarks>
/// <b>Choice:</b> not the networks of the TorchVision package: they give no features from between their layers, and VGG's
/// classifier alone would take 480 MB.
/// </remarks>
internal sealed class TappedConvolutions : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    private readonly List<(Func<Tensor, Tensor> Apply, bool Tap)> _steps = [];
    private readonly List<long> _widths = [];

    /// <summary>Begins without layers.</summary>
    public TappedConvolutions() : base(nameof(TappedConvolutions))
    {
    }

    /// <summary>Channels at the taps.</summary>
    public IReadOnlyList<long> Widths => _widths;

    /// <summary>A network of the VGG family: stages of 3x3 convolutions with a 2x2 maximum between them.</summary>
    /// <param name="stages">Channels and number of convolutions of each stage.</param>
    /// <param name="tap">Which convolution of a stage is tapped behind its ReLU, for a stage of so many.</param>
    public static TappedConvolutions Vgg(IEnumerable<(long Channels, int Depth)> stages, Func<int, int> tap)
    {
        var network = new TappedConvolutions();
        long before = 3;
        int index = 0;
        foreach (var (channels, depth) in stages)
        {
            if (index > 0)
            {
                network.AddPool(2);
                index++;
            }
            for (int i = 0; i < depth; i++, index += 2, before = channels)
                network.AddConvolution(index, before, channels, 3, 1, 1, i == tap(depth));
        }
        return network;
    }

    /// <summary>Adds a convolution with a ReLU behind it.</summary>
    public void AddConvolution(int index, long inChannels, long outChannels, long kernel, long stride, long padding, bool tap)
    {
        var convolution = nn.Conv2d(inChannels, outChannels, kernel, stride, padding);
        Add(index, convolution, input => convolution.call(input).relu_(), outChannels, tap);
    }

    /// <summary>Adds a maximum of stride 2.</summary>
    public void AddPool(long kernel, bool ceiling = false) =>
        _steps.Add((input => nn.functional.max_pool2d(input, kernel, 2, ceil_mode: ceiling), false));

    /// <summary>Adds a layer under its number in the file.</summary>
    public void Add(int index, nn.Module module, Func<Tensor, Tensor> apply, long width, bool tap)
    {
        register_module(index.ToString(CultureInfo.InvariantCulture), module);
        _steps.Add((apply, tap));
        if (tap)
            _widths.Add(width);
    }

    /// <summary>The activations at the taps, for a normalised image [N, 3, H, W].</summary>
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
}
