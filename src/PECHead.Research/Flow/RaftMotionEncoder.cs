using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>What RAFT's update sees of the motion: 126 channels of correlation and flow, and the flow itself.</summary>
internal sealed class RaftMotionEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "convc1")] private readonly Conv2d _correlation1;
    [ComponentName(Name = "convc2")] private readonly Conv2d _correlation2;
    [ComponentName(Name = "convf1")] private readonly Conv2d _flow1;
    [ComponentName(Name = "convf2")] private readonly Conv2d _flow2;
    [ComponentName(Name = "conv")] private readonly Conv2d _merge;

    public RaftMotionEncoder() : base(nameof(RaftMotionEncoder))
    {
        _correlation1 = nn.Conv2d(CorrelationPyramid.Channels, 256, 1);
        _correlation2 = nn.Conv2d(256, 192, 3, padding: 1);
        _flow1 = nn.Conv2d(2, 128, 7, padding: 3);
        _flow2 = nn.Conv2d(128, 64, 3, padding: 1);
        _merge = nn.Conv2d(256, 126, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor flow, Tensor correlation)
    {
        using var scope = NewDisposeScope();
        var similar = _correlation2.call(_correlation1.call(correlation).relu()).relu();
        var moved = _flow2.call(_flow1.call(flow).relu()).relu();
        var merged = _merge.call(cat([similar, moved], 1)).relu();
        return cat([merged, flow], 1).MoveToOuterDisposeScope();
    }
}
