using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>ResNet-18 or ResNet-50 with a linear layer of its own, under torchvision's names.</summary>
/// <remarks>
/// <b>Paper:</b> He et al., Deep Residual Learning for Image Recognition, 2016. <b>Choice:</b> not the network of the TorchVision package,
/// whose first layer takes three channels and whose widths are fixed.
/// </remarks>
internal sealed class ResidualNetwork : nn.Module<Tensor, Tensor>
{
    private const int StageCount = 4;
    private static readonly int[] DeepBlocks = [3, 4, 6, 3];

    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "layer1")] private readonly Sequential _layer1;
    [ComponentName(Name = "layer2")] private readonly Sequential _layer2;
    [ComponentName(Name = "layer3")] private readonly Sequential _layer3;
    [ComponentName(Name = "layer4")] private readonly Sequential _layer4;
    [ComponentName(Name = "fc")] private readonly Linear _linear;

    /// <summary>Builds the network.</summary>
    /// <param name="inChannels">Channels of the images.</param>
    /// <param name="width">Channels inside the first stage; each next one has twice as many. The published networks have 64.</param>
    /// <param name="outputs">Numbers that it gives.</param>
    /// <param name="deep">ResNet-50 instead of ResNet-18: bottlenecks, whose outputs have four times as many channels.</param>
    public ResidualNetwork(long inChannels, long width, long outputs, bool deep = false) : base(nameof(ResidualNetwork))
    {
        long expansion = deep ? BottleneckBlock.Expansion : 1;
        Sequential Stage(int index) => nn.Sequential(Enumerable.Range(0, deep ? DeepBlocks[index] : 2).Select(block =>
        {
            long from = block > 0 ? expansion * (width << index) : index == 0 ? width : expansion * (width << (index - 1));
            long stride = block == 0 && index > 0 ? 2 : 1;
            return deep ? (nn.Module<Tensor, Tensor>)new BottleneckBlock(from, width << index, stride) : new ResidualStep(from, width << index, stride);
        }));

        _conv1 = nn.Conv2d(inChannels, width, 7, 2, 3, bias: false);
        _norm1 = nn.BatchNorm2d(width);
        (_layer1, _layer2, _layer3, _layer4) = (Stage(0), Stage(1), Stage(2), Stage(3));
        Widths = [width, .. Enumerable.Range(0, StageCount).Select(index => expansion * (width << index))];
        _linear = nn.Linear(Widths[^1], outputs);
        RegisterComponents();
    }

    /// <summary>Channels of the maps of <see cref="Maps"/>.</summary>
    public IReadOnlyList<long> Widths { get; }

    /// <summary>The linear layer.</summary>
    public Linear Linear => _linear;

    /// <summary>Applies the network.</summary>
    /// <param name="input">Images [N, inChannels, H, W].</param>
    /// <returns>[N, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _linear.call(Maps(input)[^1].mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>What the first layer and each stage give.</summary>
    /// <param name="images">[N, inChannels, H, W].</param>
    /// <returns>Maps of H/2, H/4, H/8, H/16 and H/32.</returns>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = new List<Tensor> { _norm1.call(_conv1.call(images)).relu_() };
        maps.Add(_layer1.call(nn.functional.max_pool2d(maps[0], 3, 2, 1)));
        foreach (var layer in new[] { _layer2, _layer3, _layer4 })
            maps.Add(layer.call(maps[^1]));
        return maps.ConvertAll(map => map.MoveToOuterDisposeScope());
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
