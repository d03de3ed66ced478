using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>A block of SqueezeNet: 1x1 down, then 1x1 and 3x3 side by side, ReLU behind each.</summary>
internal sealed class FireBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "squeeze")] private readonly Conv2d _squeeze;
    [ComponentName(Name = "expand1x1")] private readonly Conv2d _expand1;
    [ComponentName(Name = "expand3x3")] private readonly Conv2d _expand3;

    public FireBlock(long inChannels, long squeezed, long expanded) : base(nameof(FireBlock))
    {
        _squeeze = nn.Conv2d(inChannels, squeezed, 1);
        _expand1 = nn.Conv2d(squeezed, expanded, 1);
        _expand3 = nn.Conv2d(squeezed, expanded, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var squeezed = _squeeze.call(input).relu_();
        return cat([_expand1.call(squeezed).relu_(), _expand3.call(squeezed).relu_()], 1).MoveToOuterDisposeScope();
    }
}
