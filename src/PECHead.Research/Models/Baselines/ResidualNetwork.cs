using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>ResNet-18 with a linear layer of its own, under torchvision's names.</summary>
/// <remarks>
/// <b>Paper:</b> He et al., Deep Residual Learning for Image Recognition, 2016. <b>Choice:</b> not the network of the TorchVision package,
/// whose first layer takes three channels and whose widths are fixed.
/// </remarks>
internal sealed class ResidualNetwork : nn.Module<Tensor, Tensor>
{
    private const int Stages = 4;

    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "layer1")] private readonly Sequential _layer1;
    [ComponentName(Name = "layer2")] private readonly Sequential _layer2;
    [ComponentName(Name = "layer3")] private readonly Sequential _layer3;
    [ComponentName(Name = "layer4")] private readonly Sequential _layer4;
    [ComponentName(Name = "fc")] private readonly Linear _linear;

    /// <summary>Builds the network.</summary>
    /// <param name="inChannels">Channels of the images.</param>
    /// <param name="width">Channels of the first stage; each next one has twice as many. ResNet-18 has 64.</param>
    /// <param name="outputs">Numbers that it gives.</param>
    public ResidualNetwork(long inChannels, long width, long outputs) : base(nameof(ResidualNetwork))
    {
        Sequential Stage(int index) => nn.Sequential(
            new ResidualStep(index == 0 ? width : width << (index - 1), width << index, index == 0 ? 1 : 2), new ResidualStep(width << index, width << index, 1));

        _conv1 = nn.Conv2d(inChannels, width, 7, 2, 3, bias: false);
        _norm1 = nn.BatchNorm2d(width);
        (_layer1, _layer2, _layer3, _layer4) = (Stage(0), Stage(1), Stage(2), Stage(3));
        _linear = nn.Linear(width << (Stages - 1), outputs);
        RegisterComponents();
    }

    /// <summary>The linear layer.</summary>
    public Linear Linear => _linear;

    /// <summary>Applies the network.</summary>
    /// <param name="input">Images [N, inChannels, H, W].</param>
    /// <returns>[N, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = nn.functional.max_pool2d(_norm1.call(_conv1.call(input)).relu_(), 3, 2, 1);
        features = _layer4.call(_layer3.call(_layer2.call(_layer1.call(features))));
        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }
}

/// <summary>Two 3x3 convolutions beside a skip, which a 1x1 convolution reduces where the size changes.</summary>
internal sealed class ResidualStep : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "bn2")] private readonly BatchNorm2d _norm2;
    [ComponentName(Name = "downsample")] private readonly Sequential? _skip;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    public ResidualStep(long inChannels, long outChannels, long stride) : base(nameof(ResidualStep))
    {
        _conv1 = nn.Conv2d(inChannels, outChannels, 3, stride, 1, bias: false);
        _norm1 = nn.BatchNorm2d(outChannels);
        _conv2 = nn.Conv2d(outChannels, outChannels, 3, 1, 1, bias: false);
        _norm2 = nn.BatchNorm2d(outChannels);
        if (stride != 1)
            _skip = nn.Sequential(nn.Conv2d(inChannels, outChannels, 1, stride, bias: false), nn.BatchNorm2d(outChannels));
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _norm2.call(_conv2.call(_norm1.call(_conv1.call(input)).relu_()));
        return features.add_(_skip?.call(input) ?? input).relu_().MoveToOuterDisposeScope();
    }
}
