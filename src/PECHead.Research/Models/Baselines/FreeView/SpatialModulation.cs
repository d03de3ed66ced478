using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>SPADE: normalisation whose scale and shift are read off a map, pixel by pixel.</summary>
internal sealed class SpatialModulation : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "param_free_norm")] private readonly BatchNorm2d? _norm;
    [ComponentName(Name = "mlp_shared")] private readonly Sequential _shared;
    [ComponentName(Name = "mlp_gamma")] private readonly Conv2d _scale;
    [ComponentName(Name = "mlp_beta")] private readonly Conv2d _shift;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="mapChannels">Channels of the map.</param>
    /// <param name="hidden">Channels between the map and its scale and shift.</param>
    /// <param name="batchNormalized">Whether the statistics are those of a batch; otherwise each frame has its own.</param>
    public SpatialModulation(long channels, long mapChannels, long hidden, bool batchNormalized = false) : base(nameof(SpatialModulation))
    {
        if (batchNormalized) _norm = nn.BatchNorm2d(channels, affine: false);
        _shared = nn.Sequential(nn.Conv2d(mapChannels, hidden, 3, padding: 1), nn.ReLU());
        (_scale, _shift) = (nn.Conv2d(hidden, channels, 3, padding: 1), nn.Conv2d(hidden, channels, 3, padding: 1));
        RegisterComponents();
    }

    /// <summary>The convolution from the map to what scale and shift are read off, behind which is a ReLU.</summary>
    public Conv2d Hidden => (Conv2d)_shared.children().First();

    /// <summary>Reads γ.</summary>
    public Conv2d Scale => _scale;

    /// <summary>Reads β.</summary>
    public Conv2d Shift => _shift;

    /// <summary>Applies the layer.</summary>
    /// <param name="input1">Features [N, channels, H, W].</param>
    /// <param name="input2">The map [N, mapChannels, h, w].</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var map = _shared.call(nn.functional.interpolate(input2, [input1.size(2), input1.size(3)], mode: InterpolationMode.Nearest));
        var normal = _norm?.call(input1) ?? nn.functional.instance_norm(input1);
        return ((normal * (1 + _scale.call(map))) + _shift.call(map)).MoveToOuterDisposeScope();
    }
}
