using PECHead.Research.Layers;
using PECHead.Research.Models.Baselines.FreeView;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>Encodes a source frame into a volume of features: the encoder of One-Shot Free-View as a network of its own.</summary>
internal sealed class AppearanceExtractor : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "first")] private readonly ConvBlock _first;
    [ComponentName(Name = "down_blocks")] private readonly ModuleList<DownBlock> _down;
    [ComponentName(Name = "second")] private readonly Conv2d _second;
    [ComponentName(Name = "resblocks_3d")] private readonly Sequential _volume;
    private readonly long _depth;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public AppearanceExtractor(LivePortraitConfig config) : base(nameof(AppearanceExtractor))
    {
        long Width(int level) => (long)config.BaseChannels << level;
        const int Bottom = FreeViewConfig.DownBlocks;

        _depth = config.VolumeDepth;
        _first = new ConvBlock(3, Width(0), 3);
        _down = new ModuleList<DownBlock>();
        for (int i = 0; i < Bottom; i++)
            _down.Add(new DownBlock(Width(i), Width(i + 1)));
        _second = nn.Conv2d(Width(Bottom), (long)config.VolumeChannels * config.VolumeDepth, 1);
        _volume = VolumePath.Residuals(config.VolumeChannels, config.ResidualBlocks);
        RegisterComponents();
    }

    /// <summary>Encodes frames.</summary>
    /// <param name="input">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, C, D, h, w].</returns>
    public override Tensor forward(Tensor input) => VolumePath.Encode(_first, _down, _second, _volume, _depth, input);
}
