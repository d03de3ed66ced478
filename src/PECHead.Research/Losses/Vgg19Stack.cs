using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>The convolutions of VGG19 up to relu5_1, registered under torchvision's numbers.</summary>
internal sealed class Vgg19Stack : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    private readonly List<(Vgg19Layer Layer, Conv2d Convolution)> _layers = [];

    public Vgg19Stack() : base(nameof(Vgg19Stack))
    {
        foreach (var layer in Vgg19Layout.UpToLastTap)
        {
            var convolution = nn.Conv2d(layer.InChannels, layer.OutChannels, 3, padding: 1);
            register_module(layer.Index.ToString(CultureInfo.InvariantCulture), convolution);
            _layers.Add((layer, convolution));
        }
    }

    /// <summary>Returns the activations behind every tap, for a normalised image [N, 3, H, W].</summary>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var taps = new List<Tensor>();
        var features = input;
        foreach (var (layer, convolution) in _layers)
        {
            if (layer.PoolBefore)
                features = nn.functional.max_pool2d(features, 2);
            features = convolution.call(features).relu_();
            if (layer.Tap)
                taps.Add(features.MoveToOuterDisposeScope());
        }
        return taps;
    }
}
