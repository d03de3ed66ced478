using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Encodes frames and keeps the features of each resolution.</summary>
internal sealed class FrameEncoder : nn.Module
{
    private const int Early = 11;   // the block behind which the published losses take the smallest resolution
    private static readonly int[] Kept = [8, 5, 2];   // blocks behind which the features of a resolution are complete, the smallest first

    [ComponentName(Name = "blocks")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _blocks;

    /// <summary>Builds the encoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FrameEncoder(CodebookConfig config) : base(nameof(FrameEncoder))
    {
        _blocks = new ModuleList<nn.Module<Tensor, Tensor>>(CodecLayers.Conv(3, config.Width(0)));
        long channels = config.Width(0);
        for (int level = 0; level < CodebookConfig.ScaleCount; level++)
        {
            bool deepest = level == CodebookConfig.ScaleCount - 1;
            for (int i = 0; i < 2; i++)
            {
                _blocks.Add(new CodecResidual(channels, config.Width(level)));
                channels = config.Width(level);
                if (deepest) _blocks.Add(new CodecAttention(channels));
            }
            if (!deepest) _blocks.Add(new CodecDown(channels));
        }
        foreach (var block in new nn.Module<Tensor, Tensor>[]
        {
            new CodecResidual(channels, channels), new CodecAttention(channels), new CodecResidual(channels, channels), CodecLayers.Norm(channels),
            CodecLayers.Conv(channels, config.AppearanceCodeSize),
        })
        {
            _blocks.Add(block);
        }
        RegisterComponents();
    }

    /// <summary>Encodes frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>The result, and then the features of each larger resolution.</returns>
    public IReadOnlyList<Tensor> Encode(Tensor frames) => Encode(frames, _blocks.Count - 1);

    /// <summary>Encodes frames, the smallest resolution only up to where the published losses of the codes look at it.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>As <see cref="Encode(Tensor)"/>.</returns>
    public IReadOnlyList<Tensor> EncodeEarly(Tensor frames) => Encode(frames, Early);

    private Tensor[] Encode(Tensor frames, int last)
    {
        using var scope = NewDisposeScope();
        var features = frames;
        var kept = new Tensor[Kept.Length];
        for (int i = 0; i <= last; i++)
        {
            features = _blocks[i].call(features);
            if (Array.IndexOf(Kept, i) is >= 0 and var place) kept[place] = features;
        }
        return [.. kept.Prepend(features).Select(level => level.MoveToOuterDisposeScope())];
    }
}

/// <summary>Decodes features; at every larger resolution others are fused in.</summary>
internal sealed class FrameDecoder : nn.Module
{
    private static readonly int[] Fused = [9, 12, 15];   // blocks behind which the features of a resolution are fused in, the smallest first

    [ComponentName(Name = "blocks")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _blocks;

    /// <summary>Builds the decoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FrameDecoder(CodebookConfig config) : base(nameof(FrameDecoder))
    {
        long channels = config.Width(CodebookConfig.ScaleCount - 1);
        _blocks = new ModuleList<nn.Module<Tensor, Tensor>>(
            CodecLayers.Conv(config.AppearanceCodeSize, channels), new CodecResidual(channels, channels), new CodecAttention(channels), new CodecResidual(channels, channels));
        for (int level = CodebookConfig.ScaleCount - 1; level >= 0; level--)
        {
            bool deepest = level == CodebookConfig.ScaleCount - 1;
            for (int i = 0; i < 2; i++)
            {
                _blocks.Add(new CodecResidual(channels, config.Width(level)));
                channels = config.Width(level);
                if (deepest) _blocks.Add(new CodecAttention(channels));
            }
            if (level > 0) _blocks.Add(new CodecUp(channels));
        }
        _blocks.Add(CodecLayers.Norm(channels));
        _blocks.Add(CodecLayers.Conv(channels, 3));
        RegisterComponents();
    }

    /// <summary>Weights of the last convolution, at which the shares of losses are weighed.</summary>
    public Parameter LastWeight => ((Conv2d)_blocks[^1]).weight!;

    /// <summary>Decodes features.</summary>
    /// <param name="features">[N, C, h, w] of the smallest resolution.</param>
    /// <param name="fuse">Fuses something into the features of a scale: the scale, and the features.</param>
    /// <returns>Frames [N, 3, H, W], RGB around [-1, 1].</returns>
    public Tensor Decode(Tensor features, Func<int, Tensor, Tensor> fuse)
    {
        using var scope = NewDisposeScope();
        for (int i = 0; i < _blocks.Count; i++)
        {
            features = _blocks[i].call(features);
            if (Array.IndexOf(Fused, i) is >= 0 and var place) features = fuse(place + 1, features);
        }
        return features.MoveToOuterDisposeScope();
    }
}
