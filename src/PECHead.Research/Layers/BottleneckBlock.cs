using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Residual block of the deeper ResNets: 1x1 down to a width, 3x3, 1x1 up to four times the width.</summary>
/// <remarks>
/// <b>Paper:</b> Deep Residual Learning (He et al. 2016), Table 1; the stride stands in the 3x3 convolution, as in torchvision.
/// </remarks>
internal sealed class BottleneckBlock : nn.Module<Tensor, Tensor>
{
    public const long Expansion = 4;

    [ComponentName(Name = "conv1")] private readonly Conv2d _reduce;
    [ComponentName(Name = "bn1")] private readonly BatchNorm2d _reduceNorm;
    [ComponentName(Name = "conv2")] private readonly Conv2d _spatial;
    [ComponentName(Name = "bn2")] private readonly BatchNorm2d _spatialNorm;
    [ComponentName(Name = "conv3")] private readonly Conv2d _expand;
    [ComponentName(Name = "bn3")] private readonly BatchNorm2d _expandNorm;
    [ComponentName(Name = "downsample")] private readonly Sequential? _shortcut;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="width">Channels inside; the output has four times as many.</param>
    /// <param name="stride">1, or 2 to halve the sides.</param>
    public BottleneckBlock(long inChannels, long width, long stride) : base(nameof(BottleneckBlock))
    {
        long outChannels = Expansion * width;
        _reduce = nn.Conv2d(inChannels, width, 1, bias: false);
        _reduceNorm = nn.BatchNorm2d(width);
        _spatial = nn.Conv2d(width, width, 3, stride, padding: 1, bias: false);
        _spatialNorm = nn.BatchNorm2d(width);
        _expand = nn.Conv2d(width, outChannels, 1, bias: false);
        _expandNorm = nn.BatchNorm2d(outChannels);
        if (stride != 1 || inChannels != outChannels)
            _shortcut = nn.Sequential(nn.Conv2d(inChannels, outChannels, 1, stride, bias: false), nn.BatchNorm2d(outChannels));
        RegisterComponents();
    }

    /// <summary>Features [N, inChannels, H, W] to [N, 4·width, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _reduceNorm.call(_reduce.call(input)).relu_();
        features = _spatialNorm.call(_spatial.call(features)).relu_();
        features = _expandNorm.call(_expand.call(features));
        var shortcut = _shortcut is null ? input : _shortcut.call(input);
        return features.add_(shortcut).relu_().MoveToOuterDisposeScope();
    }
}
