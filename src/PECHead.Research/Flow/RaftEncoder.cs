using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>RAFT's encoder: frames to 256 channels at an eighth of the resolution.</summary>
internal sealed class RaftEncoder : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")] private readonly nn.Module<Tensor, Tensor> _norm1;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "layer1")] private readonly Sequential _layer1;
    [ComponentName(Name = "layer2")] private readonly Sequential _layer2;
    [ComponentName(Name = "layer3")] private readonly Sequential _layer3;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;

    public RaftEncoder(Func<long, nn.Module<Tensor, Tensor>> norm) : base(nameof(RaftEncoder))
    {
        _conv1 = nn.Conv2d(3, 64, 7, 2, 3);
        _norm1 = norm(64);
        _layer1 = Layer(64, 64, 1, norm);
        _layer2 = Layer(64, 96, 2, norm);
        _layer3 = Layer(96, 128, 2, norm);
        _conv2 = nn.Conv2d(128, 256, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _norm1.call(_conv1.call(input)).relu();
        features = _layer3.call(_layer2.call(_layer1.call(features)));
        return _conv2.call(features).MoveToOuterDisposeScope();
    }

    private static Sequential Layer(long inChannels, long outChannels, long stride, Func<long, nn.Module<Tensor, Tensor>> norm) =>
        nn.Sequential(new RaftBlock(inChannels, outChannels, stride, norm), new RaftBlock(outChannels, outChannels, 1, norm));
}
