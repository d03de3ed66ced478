using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>Channels of the six convolutions of a block of I3D.</summary>
internal readonly record struct VideoBlockWidths(long Single, long ReduceFirst, long First, long ReduceSecond, long Second, long Pool)
{
    public long Total => Single + First + Second + Pool;
}

/// <summary>A block of I3D: 1³, 1³ then 3³ twice, and a 3³ maximum then 1³, joined by channels.</summary>
internal sealed class VideoInceptionBlock : nn.Module<Tensor, Tensor>
{
    private static readonly long[] PoolKernel = [3, 3, 3];
    private static readonly long[] PoolStride = [1, 1, 1];

    [ComponentName(Name = "b0")] private readonly VideoUnit _single;
    [ComponentName(Name = "b1a")] private readonly VideoUnit _reduceFirst;
    [ComponentName(Name = "b1b")] private readonly VideoUnit _first;
    [ComponentName(Name = "b2a")] private readonly VideoUnit _reduceSecond;
    [ComponentName(Name = "b2b")] private readonly VideoUnit _second;
    [ComponentName(Name = "b3b")] private readonly VideoUnit _pool;

    public VideoInceptionBlock(long inChannels, VideoBlockWidths widths) : base(nameof(VideoInceptionBlock))
    {
        _single = new VideoUnit(inChannels, widths.Single, 1);
        _reduceFirst = new VideoUnit(inChannels, widths.ReduceFirst, 1);
        _first = new VideoUnit(widths.ReduceFirst, widths.First, 3);
        _reduceSecond = new VideoUnit(inChannels, widths.ReduceSecond, 1);
        _second = new VideoUnit(widths.ReduceSecond, widths.Second, 3);
        _pool = new VideoUnit(inChannels, widths.Pool, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return cat(
        [
            _single.call(input), _first.call(_reduceFirst.call(input)), _second.call(_reduceSecond.call(input)),
            _pool.call(VideoUnit.MaxPool(input, PoolKernel, PoolStride)),
        ], 1).MoveToOuterDisposeScope();
    }
}
