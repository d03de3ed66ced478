using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>A block of ArcFace's residual network: norm, conv, norm, PReLU, conv, norm, plus the (reduced) input.</summary>
internal sealed class ResidualFaceBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "bn1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn2")] private readonly BatchNorm2d _norm2;
    [ComponentName(Name = "prelu")] private readonly PReLU _activation;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "bn3")] private readonly BatchNorm2d _norm3;
    private readonly Sequential? _reduction;

    public ResidualFaceBlock(long inChannels, long outChannels, long stride) : base(nameof(ResidualFaceBlock))
    {
        _norm1 = nn.BatchNorm2d(inChannels);
        _conv1 = nn.Conv2d(inChannels, outChannels, 3, padding: 1, bias: false);
        _norm2 = nn.BatchNorm2d(outChannels);
        _activation = nn.PReLU(outChannels);
        _conv2 = nn.Conv2d(outChannels, outChannels, 3, stride, padding: 1, bias: false);
        _norm3 = nn.BatchNorm2d(outChannels);
        RegisterComponents();
        if (stride == 1 && inChannels == outChannels)
            return;
        _reduction = nn.Sequential(("0", nn.Conv2d(inChannels, outChannels, 1, stride, bias: false)), ("1", nn.BatchNorm2d(outChannels)));
        register_module("downsample", _reduction);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inner = _activation.call(_norm2.call(_conv1.call(_norm1.call(input))));
        var residual = _norm3.call(_conv2.call(inner));
        return (residual + (_reduction?.call(input) ?? input)).MoveToOuterDisposeScope();
    }
}
