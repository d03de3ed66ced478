using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Fuses compensated features of the source into those of the decoder: by a scale and a shift, and by addition.</summary>
/// <remarks><b>Paper:</b> the spatial transform is that of Zhou et al., CodeFormer, NeurIPS 2022.</remarks>
internal sealed class FeatureFusion : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "encode_enc")] private readonly CodecResidual _joined;
    [ComponentName(Name = "scale")] private readonly Sequential _scale;
    [ComponentName(Name = "shift")] private readonly Sequential _shift;
    [ComponentName(Name = "added")] private readonly Conv2d _added;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of either features.</param>
    public FeatureFusion(long channels) : base(nameof(FeatureFusion))
    {
        Sequential Map() => nn.Sequential(CodecLayers.Conv(channels, channels), nn.LeakyReLU(Slope), CodecLayers.Conv(channels, channels));
        _joined = new CodecResidual(2 * channels, channels);
        (_scale, _shift) = (Map(), Map());
        _added = CodecLayers.Conv(channels, channels);
        RegisterComponents();
    }

    /// <summary>Fuses.</summary>
    /// <param name="input1">Features of the decoder, [N, C, H, W].</param>
    /// <param name="input2">Compensated features, [N, C, H, W].</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        return (Modulate(input1, input2) + _added.call(input2)).MoveToOuterDisposeScope();
    }

    /// <summary>Fuses by scale and shift alone.</summary>
    /// <param name="decoded">Features of the decoder, [N, C, H, W].</param>
    /// <param name="compensated">Compensated features, [N, C, H, W].</param>
    public Tensor Modulate(Tensor decoded, Tensor compensated)
    {
        using var scope = NewDisposeScope();
        var joined = _joined.call(cat([compensated, decoded], 1));
        return (decoded + (decoded * _scale.call(joined)) + _shift.call(joined)).MoveToOuterDisposeScope();
    }
}
