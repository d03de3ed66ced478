using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>Depth-aware attention: every place of the source's depth asks where in the moved features to look.</summary>
/// <remarks>
/// <b>Paper:</b> Depth-Aware GAN, Sec. 3.3: queries from the depth, keys and values from the moved features, softmax without a scale, added with a factor γ
/// that begins at 0. <b>Choice:</b> the queries come in blocks, so that no matrix of all places by all places is ever in memory: at 256 px it has 4096².
/// </remarks>
internal sealed class DepthAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private const int QueriesAtOnce = 1024;

    [ComponentName(Name = "query_conv")] private readonly Conv2d _query;
    [ComponentName(Name = "key_conv")] private readonly Conv2d _key;
    [ComponentName(Name = "value_conv")] private readonly Conv2d _value;
    [ComponentName(Name = "gamma")] private readonly Parameter _share;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of depth and features.</param>
    public DepthAttention(long channels) : base(nameof(DepthAttention))
    {
        long narrow = channels / DepthAwareConfig.QueryReduction;
        (_query, _key, _value) = (nn.Conv2d(channels, narrow, 1), nn.Conv2d(channels, narrow, 1), nn.Conv2d(channels, channels, 1));
        _share = Learned.From(zeros(1));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input1">Features of the source's depth, [N, C, h, w].</param>
    /// <param name="input2">Moved features of the source, [N, C, h, w].</param>
    /// <returns>[N, C, h, w].</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var (queries, keys) = (Queries(input1), Keys(input2));
        var values = _value.call(input2).relu_().flatten(2).transpose(1, 2);                 // [N, hw, C]
        var seen = cat([.. queries.split(QueriesAtOnce, 1).Select(block => Look(block, keys, values))], 1);
        return ((_share * seen.transpose(1, 2).reshape(input2.shape)) + input2).MoveToOuterDisposeScope();
    }

    /// <summary>Where each place looks.</summary>
    /// <param name="depth">Features of the source's depth, [N, C, h, w].</param>
    /// <param name="moved">Moved features of the source, [N, C, h, w].</param>
    /// <returns>[N, hw, hw]; a row sums to 1.</returns>
    public Tensor Weights(Tensor depth, Tensor moved)
    {
        using var scope = NewDisposeScope();
        return Weigh(Queries(depth), Keys(moved)).MoveToOuterDisposeScope();
    }

    private Tensor Queries(Tensor depth) => _query.call(depth).relu_().flatten(2).transpose(1, 2);   // [N, hw, C/8]

    private Tensor Keys(Tensor moved) => _key.call(moved).relu_().flatten(2);                        // [N, C/8, hw]

    private static Tensor Weigh(Tensor queries, Tensor keys) => queries.matmul(keys).softmax(-1);

    private static Tensor Look(Tensor queries, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        return Weigh(queries, keys).matmul(values).MoveToOuterDisposeScope();
    }
}
