using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Decodes warped features with residual blocks that the same features modulate.</summary>
/// <remarks><b>Paper:</b> Park et al., SPADE, 2019; the public re-implementation uses it in place of the paper's decoder.</remarks>
internal sealed class ModulatedDecoder : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "fc")] private readonly Conv2d _first;
    [ComponentName(Name = "G_middle_0")] private readonly ModulatedBlock _middle0;
    [ComponentName(Name = "G_middle_1")] private readonly ModulatedBlock _middle1;
    [ComponentName(Name = "G_middle_2")] private readonly ModulatedBlock _middle2;
    [ComponentName(Name = "G_middle_3")] private readonly ModulatedBlock _middle3;
    [ComponentName(Name = "G_middle_4")] private readonly ModulatedBlock _middle4;
    [ComponentName(Name = "G_middle_5")] private readonly ModulatedBlock _middle5;
    [ComponentName(Name = "up_0")] private readonly ModulatedBlock _up0;
    [ComponentName(Name = "up_1")] private readonly ModulatedBlock _up1;
    [ComponentName(Name = "conv_img")] private readonly nn.Module<Tensor, Tensor> _final;

    /// <summary>Builds the decoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    /// <param name="enlargement">How many times larger than the encoded frame the decoded one is: channels of the last layer become its pixels.</param>
    public ModulatedDecoder(FreeViewConfig config, int enlargement = 1) : base(nameof(ModulatedDecoder))
    {
        long width = (long)config.BaseChannels << FreeViewConfig.DownBlocks, hidden = 2L * config.BaseChannels;
        ModulatedBlock Block(long from, long to, int factor = 1) => new(from, to, width, hidden, factor);

        _first = nn.Conv2d(width, 2 * width, 3, padding: 1);
        (_middle0, _middle1, _middle2) = (Block(2 * width, 2 * width), Block(2 * width, 2 * width), Block(2 * width, 2 * width));
        (_middle3, _middle4, _middle5) = (Block(2 * width, 2 * width), Block(2 * width, 2 * width), Block(2 * width, 2 * width));
        (_up0, _up1) = (Block(2 * width, width, 2), Block(width, config.BaseChannels, 4));
        var final = nn.Conv2d(config.BaseChannels, 3L * enlargement * enlargement, 3, padding: 1);
        if (enlargement > 1) StartEqual(final, enlargement * enlargement);
        _final = enlargement == 1 ? final : nn.Sequential(final, nn.PixelShuffle(enlargement));
        RegisterComponents();
    }

    /// <summary>Decodes features.</summary>
    /// <param name="input">[N, C, h, w].</param>
    /// <returns>[N, 3, 4h, 4w], or as many times larger as the decoder enlarges, before the sigmoid.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _first.call(input);
        foreach (var block in new[] { _middle0, _middle1, _middle2, _middle3, _middle4, _middle5 })
            features = block.call(features, input);
        foreach (var block in new[] { _up0, _up1 })
            features = block.call(Upsampling.Nearest(features), input);
        return _final.call(nn.functional.leaky_relu(features, Slope)).MoveToOuterDisposeScope();
    }

    // The pixels that become one square begin with the same weights: no pattern of squares has to be unlearned. <b>Paper:</b> Aitken et al. 2017.
    private static void StartEqual(Conv2d final, long pixels)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        foreach (var parameter in final.parameters())
            parameter.copy_(parameter.unflatten(0, -1, pixels).narrow(1, 0, 1).expand([-1, pixels, .. parameter.shape[1..]]).flatten(0, 1));
    }
}
