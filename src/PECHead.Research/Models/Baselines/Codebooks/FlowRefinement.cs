using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Puts a residual flow and what the codebook said of it side by side.</summary>
/// <remarks><b>Paper:</b> the motion encoder of Teed and Deng, RAFT, ECCV 2020, with retrieved features in place of correlations.</remarks>
internal sealed class FlowEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "convc1")] private readonly Conv2d _retrieved1;
    [ComponentName(Name = "convc2")] private readonly Conv2d _retrieved2;
    [ComponentName(Name = "convf1")] private readonly Conv2d _flow1;
    [ComponentName(Name = "convf2")] private readonly Conv2d _flow2;
    [ComponentName(Name = "conv")] private readonly Conv2d _joined;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FlowEncoder(CodebookConfig config) : base(nameof(FlowEncoder))
    {
        long width = config.HeadChannels, half = width / 2, most = 3 * width / 4;
        (_retrieved1, _retrieved2) = (nn.Conv2d(config.MotionCodeSize, width, 1), CodecLayers.Conv(width, most));
        (_flow1, _flow2) = (nn.Conv2d(2, width, 7, padding: 3), CodecLayers.Conv(width, half));
        _joined = CodecLayers.Conv(half + most, width - 2);
        RegisterComponents();
    }

    /// <summary>Encodes.</summary>
    /// <param name="input1">Retrieved features [N, C, h, w].</param>
    /// <param name="input2">Flow [N, 2, h, w], pixels.</param>
    /// <returns>[N, C', h, w]; the last two channels are the flow itself.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var retrieved = _retrieved2.call(_retrieved1.call(input1).relu()).relu();
        var flow = _flow2.call(_flow1.call(input2).relu()).relu();
        return cat([_joined.call(cat([retrieved, flow], 1)).relu(), input2], 1).MoveToOuterDisposeScope();
    }
}

/// <summary>Reads off encoded flow and moved features how the flow and the occlusion are to change.</summary>
internal sealed class FlowHead : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "convc1")] private readonly Conv2d _context;
    [ComponentName(Name = "conv1")] private readonly Conv2d _flow1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _flow2;
    [ComponentName(Name = "convo1")] private readonly Conv2d _occlusion1;
    [ComponentName(Name = "convo2")] private readonly Conv2d _occlusion2;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FlowHead(CodebookConfig config) : base(nameof(FlowHead))
    {
        long width = config.HeadChannels;
        _context = CodecLayers.Conv(MotionCompensation.ContextChannels(config), width);
        (_flow1, _flow2) = (CodecLayers.Conv(2 * width, width), CodecLayers.Conv(width, 2));
        (_occlusion1, _occlusion2) = (CodecLayers.Conv(2 * width, width), CodecLayers.Conv(width, 1));
        RegisterComponents();
    }

    /// <summary>Reads the change.</summary>
    /// <param name="input1">Of <see cref="FlowEncoder"/>.</param>
    /// <param name="input2">Moved features [N, C, h, w].</param>
    /// <returns>[N, 3, h, w]: the change of the flow, in pixels, and that of the occlusion.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var joined = cat([input1, _context.call(input2).relu()], 1);
        return cat([_flow2.call(_flow1.call(joined).relu()), _occlusion2.call(_occlusion1.call(joined).relu())], 1).MoveToOuterDisposeScope();
    }
}
