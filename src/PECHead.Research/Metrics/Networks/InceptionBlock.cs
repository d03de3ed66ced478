using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>How a block's last branch pools.</summary>
internal enum InceptionPool
{
    /// <summary>3x3 mean of what lies inside the map, then a 1x1 convolution.</summary>
    MeanInside,

    /// <summary>3x3 maximum, then a 1x1 convolution.</summary>
    Maximum,

    /// <summary>3x3 maximum with stride 2 and nothing behind it.</summary>
    Halving,
}

/// <summary>Branches side by side, joined by channels: the blocks A to E of Inception-v3, under torchvision's names.</summary>
/// <remarks>
/// The weights that FID uses were trained in TensorFlow, whose mean pooling leaves padding out and whose last block
/// (7c) pools by maximum: <see cref="InceptionPool"/> is where this differs from torchvision's network.
/// </remarks>
internal sealed class InceptionBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<Branch> _branches = [];
    private readonly InceptionPool _pool;
    [ComponentName(Name = "branch_pool")] private readonly InceptionConvolution? _poolConvolution;

    private InceptionBlock(long inChannels, InceptionPool pool, long poolChannels, params ReadOnlySpan<Row[]> branches)
        : base(nameof(InceptionBlock))
    {
        foreach (var rows in branches)
        {
            var layers = new List<InceptionConvolution>();
            long channels = inChannels;
            foreach (var row in rows)
            {
                layers.Add(Add(row, channels));
                if (!row.IsTwin)
                    channels = row.Channels;
            }
            _branches.Add(new Branch(layers, rows[^1].IsTwin));
        }
        _pool = pool;
        if (pool != InceptionPool.Halving)
            _poolConvolution = new InceptionConvolution(inChannels, poolChannels, (1, 1), (0, 0));
        RegisterComponents();
    }

    /// <summary>35x35, channels 224 + <paramref name="poolChannels"/>.</summary>
    public static InceptionBlock A(long inChannels, long poolChannels) => new(
        inChannels, InceptionPool.MeanInside, poolChannels,
        [new("branch1x1", 64, (1, 1))],
        [new("branch5x5_1", 48, (1, 1)), new("branch5x5_2", 64, (5, 5))],
        [new("branch3x3dbl_1", 64, (1, 1)), new("branch3x3dbl_2", 96, (3, 3)), new("branch3x3dbl_3", 96, (3, 3))]);

    /// <summary>35x35 to 17x17.</summary>
    public static InceptionBlock B(long inChannels) => new(
        inChannels, InceptionPool.Halving, 0,
        [new("branch3x3", 384, (3, 3), Halves: true)],
        [new("branch3x3dbl_1", 64, (1, 1)), new("branch3x3dbl_2", 96, (3, 3)), new("branch3x3dbl_3", 96, (3, 3), Halves: true)]);

    /// <summary>17x17, 768 channels.</summary>
    public static InceptionBlock C(long inChannels, long inner) => new(
        inChannels, InceptionPool.MeanInside, 192,
        [new("branch1x1", 192, (1, 1))],
        [new("branch7x7_1", inner, (1, 1)), new("branch7x7_2", inner, (1, 7)), new("branch7x7_3", 192, (7, 1))],
        [
            new("branch7x7dbl_1", inner, (1, 1)), new("branch7x7dbl_2", inner, (7, 1)), new("branch7x7dbl_3", inner, (1, 7)),
            new("branch7x7dbl_4", inner, (7, 1)), new("branch7x7dbl_5", 192, (1, 7)),
        ]);

    /// <summary>17x17 to 8x8.</summary>
    public static InceptionBlock D(long inChannels) => new(
        inChannels, InceptionPool.Halving, 0,
        [new("branch3x3_1", 192, (1, 1)), new("branch3x3_2", 320, (3, 3), Halves: true)],
        [
            new("branch7x7x3_1", 192, (1, 1)), new("branch7x7x3_2", 192, (1, 7)), new("branch7x7x3_3", 192, (7, 1)),
            new("branch7x7x3_4", 192, (3, 3), Halves: true),
        ]);

    /// <summary>8x8, 2048 channels.</summary>
    public static InceptionBlock E(long inChannels, InceptionPool pool) => new(
        inChannels, pool, 192,
        [new("branch1x1", 320, (1, 1))],
        [new("branch3x3_1", 384, (1, 1)), new("branch3x3_2a", 384, (1, 3), IsTwin: true), new("branch3x3_2b", 384, (3, 1), IsTwin: true)],
        [
            new("branch3x3dbl_1", 448, (1, 1)), new("branch3x3dbl_2", 384, (3, 3)),
            new("branch3x3dbl_3a", 384, (1, 3), IsTwin: true), new("branch3x3dbl_3b", 384, (3, 1), IsTwin: true),
        ]);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var results = new List<Tensor>();
        foreach (var (layers, hasTwins) in _branches)
        {
            var features = input;
            foreach (var layer in hasTwins ? layers.SkipLast(2) : layers)
                features = layer.call(features);
            if (hasTwins)
                results.AddRange(layers.TakeLast(2).Select(layer => layer.call(features)));
            else
                results.Add(features);
        }
        results.Add(Pool(input));
        return cat(results, 1).MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor input) => _pool switch
    {
        InceptionPool.MeanInside => _poolConvolution!.call(nn.functional.avg_pool2d(input, 3, 1, 1, count_include_pad: false)),
        InceptionPool.Maximum => _poolConvolution!.call(nn.functional.max_pool2d(input, 3, 1, 1)),
        _ => nn.functional.max_pool2d(input, 3, 2),
    };

    private InceptionConvolution Add(Row row, long inChannels)
    {
        var (height, width) = row.Kernel;
        var padding = row.Halves ? (0L, 0L) : (height / 2, width / 2);
        var layer = new InceptionConvolution(inChannels, row.Channels, row.Kernel, padding, row.Halves ? 2 : 1);
        register_module(row.Name, layer);
        return layer;
    }

    /// <summary>One convolution of a branch; the last two of a branch may be twins, which see the same input.</summary>
    private readonly record struct Row(string Name, long Channels, (long, long) Kernel, bool Halves = false, bool IsTwin = false);

    private sealed record Branch(List<InceptionConvolution> Layers, bool HasTwins);
}
