using PECHead.Research.Layers;
using PECHead.Research.Models.Baselines.FreeView;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>Decodes features with residual blocks that a few of their channels and the moved source modulate.</summary>
/// <remarks><b>Paper:</b> Park et al., SPADE, 2019; the second set of published weights of Depth-Aware GAN uses it in place of the paper's decoder.</remarks>
internal sealed class MovedSourceDecoder : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;
    private const long Compressed = 4;

    [ComponentName(Name = "compress")] private readonly Conv2d _compress;
    [ComponentName(Name = "fc")] private readonly Conv2d _first;
    [ComponentName(Name = "G_middle_0")] private readonly ModulatedBlock _middle0;
    [ComponentName(Name = "G_middle_1")] private readonly ModulatedBlock _middle1;
    [ComponentName(Name = "G_middle_2")] private readonly ModulatedBlock _middle2;
    [ComponentName(Name = "up_0")] private readonly ModulatedBlock _up0;
    [ComponentName(Name = "up_1")] private readonly ModulatedBlock _up1;
    [ComponentName(Name = "conv_img")] private readonly Conv2d _final;

    /// <summary>Builds the decoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    public MovedSourceDecoder(DepthAwareConfig config) : base(nameof(MovedSourceDecoder))
    {
        long outer = config.FirstOrder.BaseChannels, width = outer << config.FirstOrder.DownBlocks, hidden = 2 * outer;
        ModulatedBlock Block(long from, long to) => new(from, to, Compressed + 3, hidden);

        (_compress, _first) = (nn.Conv2d(width, Compressed, 3, padding: 1), nn.Conv2d(width, 2 * width, 3, padding: 1));
        (_middle0, _middle1, _middle2) = (Block(2 * width, 2 * width), Block(2 * width, 2 * width), Block(2 * width, 2 * width));
        (_up0, _up1) = (Block(2 * width, width), Block(width, outer));
        _final = nn.Conv2d(outer, 3, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>Decodes features.</summary>
    /// <param name="input1">[N, C, h, w].</param>
    /// <param name="input2">The moved source [N, 3, 4h, 4w], RGB in [0, 1], black where it is occluded.</param>
    /// <returns>[N, 3, 4h, 4w] before the sigmoid.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var map = Map(input1, input2);
        var features = _first.call(input1);
        foreach (var block in new[] { _middle0, _middle1, _middle2 })
            features = block.call(features, map);
        foreach (var block in new[] { _up0, _up1 })
            features = block.call(Upsampling.Nearest(features), map);
        return _final.call(nn.functional.leaky_relu(features, Slope)).MoveToOuterDisposeScope();
    }

    /// <summary>What modulates.</summary>
    /// <param name="features">[N, C, h, w].</param>
    /// <param name="moved">The moved source [N, 3, 4h, 4w], black where it is occluded.</param>
    /// <returns>[N, 7, 4h, 4w].</returns>
    public Tensor Map(Tensor features, Tensor moved)
    {
        using var scope = NewDisposeScope();
        var compressed = nn.functional.interpolate(_compress.call(features), [moved.size(2), moved.size(3)], mode: InterpolationMode.Nearest);
        return cat([compressed, moved], 1).MoveToOuterDisposeScope();
    }
}
