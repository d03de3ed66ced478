using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>One wide branch of a block of OpenFace: 1x1 down to <c>Reduced</c>, then <c>Kernel</c> with <c>Stride</c> up to <c>Channels</c>.</summary>
internal readonly record struct OpenFaceBranch(long Kernel, long Stride, long Reduced, long Channels);

/// <summary>How a block of OpenFace pools.</summary>
internal enum OpenFacePool
{
    /// <summary>3x3 maximum, stride 2.</summary>
    Maximum,

    /// <summary>3x3 root of the sum of squares, stride 3.</summary>
    Energy,
}

/// <summary>
/// A block of nn4.small2: wide branches, a pooled one and a 1x1 one, joined by channels. Pooled maps are smaller and are
/// padded with zeros around their centre to the size of the others.
/// </summary>
internal sealed class OpenFaceBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "seq_list")] private readonly ModuleList<Sequential> _sequences;
    private readonly OpenFacePool _pool;
    private readonly int _pooled;
    private readonly long _stride;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="pool">How the pooled branch pools.</param>
    /// <param name="poolChannels">Channels that the pooled branch is reduced to; null for none.</param>
    /// <param name="singleChannels">Channels of the 1x1 branch; null for none.</param>
    /// <param name="branches">The wide branches.</param>
    public OpenFaceBlock(long inChannels, OpenFacePool pool, long? poolChannels, long? singleChannels, params ReadOnlySpan<OpenFaceBranch> branches)
        : base(nameof(OpenFaceBlock))
    {
        (_pool, _pooled, _stride) = (pool, branches.Length, branches[0].Stride);
        _sequences = new ModuleList<Sequential>();
        foreach (var branch in branches)
        {
            _sequences.Add(nn.Sequential(
                ("1_conv", nn.Conv2d(inChannels, branch.Reduced, 1)), ("2_bn", nn.BatchNorm2d(branch.Reduced)), ("3_relu", nn.ReLU()),
                ("4_conv", nn.Conv2d(branch.Reduced, branch.Channels, branch.Kernel, branch.Stride, branch.Kernel / 2)),
                ("5_bn", nn.BatchNorm2d(branch.Channels)), ("6_relu", nn.ReLU())));
        }
        // Files number the branches; a pooled branch without a convolution has a number and no tensors.
        _sequences.Add(poolChannels is { } reduced
            ? nn.Sequential(("2_conv", nn.Conv2d(inChannels, reduced, 1)), ("3_bn", nn.BatchNorm2d(reduced)), ("4_relu", nn.ReLU()))
            : nn.Sequential(Array.Empty<(string, nn.Module<Tensor, Tensor>)>()));
        if (singleChannels is { } single)
            _sequences.Add(nn.Sequential(("1_conv", nn.Conv2d(inChannels, single, 1)), ("2_bn", nn.BatchNorm2d(single)), ("3_relu", nn.ReLU())));
        OutChannels = (poolChannels ?? inChannels) + (singleChannels ?? 0);
        foreach (var branch in branches)
            OutChannels += branch.Channels;
        HasPoolConvolution = poolChannels is not null;
        RegisterComponents();
    }

    /// <summary>Channels of the output.</summary>
    public long OutChannels { get; }

    private bool HasPoolConvolution { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        long height = (input.size(2) + _stride - 1) / _stride, width = (input.size(3) + _stride - 1) / _stride;
        var maps = new List<Tensor>();
        foreach (var (index, sequence) in _sequences.Index())
        {
            if (index != _pooled)
            {
                maps.Add(sequence.call(input));
                continue;
            }
            var pooled = Pool(input);
            maps.Add(Centre(HasPoolConvolution ? sequence.call(pooled) : pooled, height, width));
        }
        return cat(maps, 1).MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor input) => _pool == OpenFacePool.Maximum
        ? nn.functional.max_pool2d(input, 3, 2)
        : nn.functional.lp_pool2d(input, 2, 3);

    private static Tensor Centre(Tensor map, long height, long width)
    {
        long rows = height - map.size(2), columns = width - map.size(3);
        return nn.functional.pad(map, [columns / 2, columns - columns / 2, rows / 2, rows - rows / 2]);
    }
}
