using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The convolutions of the recogniser: a residual network of dlib, as @vladmandic/face-api ships it. Frozen.</summary>
internal sealed class RecognizerNetwork : nn.Module<Tensor, Tensor>
{
    private static readonly (string Name, int InChannels, int Channels, bool Halves)[] Layout =
    [
        ("conv32_1", 32, 32, false), ("conv32_2", 32, 32, false), ("conv32_3", 32, 32, false),
        ("conv64_down", 32, 64, true), ("conv64_1", 64, 64, false), ("conv64_2", 64, 64, false), ("conv64_3", 64, 64, false),
        ("conv128_down", 64, 128, true), ("conv128_1", 128, 128, false), ("conv128_2", 128, 128, false),
        ("conv256_down", 128, 256, true), ("conv256_1", 256, 256, false), ("conv256_2", 256, 256, false),
        ("conv256_down_out", 256, 256, true),
    ];

    /// <summary>Blocks after which the features are taken, the last of each size; the stem's come before them.</summary>
    private static readonly int[] Taps = [2, 6, 9, 12];

    [ComponentName(Name = "stem")] private readonly Conv2d _stem;
    [ComponentName(Name = "blocks")] private readonly ModuleList<RecognizerBlock> _blocks;

    public RecognizerNetwork(NamedWeights weights) : base(nameof(RecognizerNetwork))
    {
        _stem = RecognizerBlock.Scaled(weights, "conv32_down", 3, 32, 7, 2, 0);
        _blocks = new ModuleList<RecognizerBlock>(
            [.. Layout.Select(block => new RecognizerBlock(weights, block.Name, block.InChannels, block.Channels, block.Halves))]);
        RegisterComponents();
    }

    /// <summary>Runs all blocks: [N, 3, H, W], centred colours → [N, 256, h, w].</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = nn.functional.max_pool2d(_stem.call(input).relu_(), 3, 2);
        foreach (var block in _blocks)
            features = block.call(features);
        return features.MoveToOuterDisposeScope();
    }

    /// <summary>The activations of the stem and of the last block of each size, for centred colours [N, 3, H, W].</summary>
    public IReadOnlyList<Tensor> Tapped(Tensor input)
    {
        using var scope = NewDisposeScope();
        var stem = _stem.call(input).relu_();
        var taps = new List<Tensor> { stem };
        var features = nn.functional.max_pool2d(stem, 3, 2);
        for (var i = 0; i <= Taps[^1]; i++)
        {
            features = _blocks[i].call(features);
            if (Taps.Contains(i))
                taps.Add(features);
        }

        return taps.ConvertAll(tap => tap.MoveToOuterDisposeScope());
    }
}
