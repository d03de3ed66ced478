using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>One iteration of RAFT: a new hidden state, a step of the flow, and the weights of its up-sampling.</summary>
internal sealed class RaftUpdate : nn.Module
{
    public const long Hidden = 128;

    [ComponentName(Name = "encoder")] private readonly RaftMotionEncoder _encoder;
    [ComponentName(Name = "gru")] private readonly SeparableGru _gru;
    [ComponentName(Name = "flow_head")] private readonly RaftFlowHead _flowHead;
    [ComponentName(Name = "mask")] private readonly Sequential _mask;

    public RaftUpdate() : base(nameof(RaftUpdate))
    {
        _encoder = new RaftMotionEncoder();
        _gru = new SeparableGru(Hidden, 2 * Hidden);
        _flowHead = new RaftFlowHead();
        _mask = nn.Sequential(nn.Conv2d(Hidden, 256, 3, padding: 1), nn.ReLU(), nn.Conv2d(256, 9 * 64, 1));
        RegisterComponents();
    }

    /// <summary>The next hidden state [N, 128, h, w] and the step [N, 2, h, w].</summary>
    public (Tensor Hidden, Tensor Step) Advance(Tensor hidden, Tensor context, Tensor correlation, Tensor flow)
    {
        using var scope = NewDisposeScope();
        var motion = _encoder.call(flow, correlation);
        var next = _gru.call(hidden, cat([context, motion], 1));
        return (next.MoveToOuterDisposeScope(), _flowHead.call(next).MoveToOuterDisposeScope());
    }

    /// <summary>Convex up-sampling by 8: every fine pixel is a weighted mean of the nine coarse ones around it.</summary>
    /// <param name="flow">[N, 2, h, w] in coarse pixels.</param>
    /// <param name="hidden">[N, 128, h, w].</param>
    /// <returns>[N, 2, 8h, 8w] in fine pixels.</returns>
    /// <remarks><b>Paper:</b> RAFT, Sec. 3.3; the quarter balances gradients and is part of the published weights.</remarks>
    public Tensor Enlarge(Tensor flow, Tensor hidden)
    {
        using var scope = NewDisposeScope();
        long n = flow.size(0), height = flow.size(2), width = flow.size(3);
        var weights = (_mask.call(hidden) * 0.25).reshape(n, 1, 9, 8, 8, height, width).softmax(2);
        var padded = nn.functional.pad(8 * flow, [1, 1, 1, 1]);
        var around = stack([.. Enumerable.Range(0, 9).Select(i => padded.narrow(2, i / 3, height).narrow(3, i % 3, width))], 2);
        var fine = (weights * around.reshape(n, 2, 9, 1, 1, height, width)).sum(2);             // [N, 2, 8, 8, h, w]
        return fine.permute(0, 1, 4, 2, 5, 3).reshape(n, 2, 8 * height, 8 * width).MoveToOuterDisposeScope();
    }
}

/// <summary>Reads the step of the flow off the hidden state.</summary>
internal sealed class RaftFlowHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;

    public RaftFlowHead() : base(nameof(RaftFlowHead))
    {
        _conv1 = nn.Conv2d(RaftUpdate.Hidden, 256, 3, padding: 1);
        _conv2 = nn.Conv2d(256, 2, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _conv2.call(_conv1.call(input).relu()).MoveToOuterDisposeScope();
    }
}
