using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>A residual block of RAFT's encoders; names as in the authors' weights.</summary>
internal sealed class RaftBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "norm1")] private readonly nn.Module<Tensor, Tensor> _norm1;
    [ComponentName(Name = "norm2")] private readonly nn.Module<Tensor, Tensor> _norm2;
    [ComponentName(Name = "norm3")] private readonly nn.Module<Tensor, Tensor>? _norm3;
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;

    public RaftBlock(long inChannels, long outChannels, long stride, Func<long, nn.Module<Tensor, Tensor>> norm) : base(nameof(RaftBlock))
    {
        _conv1 = nn.Conv2d(inChannels, outChannels, 3, stride, 1);
        _conv2 = nn.Conv2d(outChannels, outChannels, 3, padding: 1);
        _norm1 = norm(outChannels);
        _norm2 = norm(outChannels);
        if (stride > 1)
        {
            _norm3 = norm(outChannels);
            _downsample = nn.Sequential(nn.Conv2d(inChannels, outChannels, 1, stride));
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _norm1.call(_conv1.call(input)).relu();
        residual = _norm2.call(_conv2.call(residual)).relu();
        var skip = _downsample is null ? input : _norm3!.call(_downsample.call(input));
        return (skip + residual).relu().MoveToOuterDisposeScope();
    }
}
