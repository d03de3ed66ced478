using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>Finds K regions in a frame: a heatmap each, of which mean and covariance are taken.</summary>
/// <remarks><b>Paper:</b> Articulated Animation, Sec. 3.2: the affine part of a region's motion follows from its principal axes.</remarks>
internal sealed class RegionPredictor : nn.Module<Tensor, Regions>
{
    private const int HeadSize = 7;
    private const double Temperature = 0.1;

    [ComponentName(Name = "predictor")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "regions")] private readonly Conv2d _regions;
    [ComponentName(Name = "down")] private readonly AntiAliasDownsample _downsample;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public RegionPredictor(ArticulatedConfig config) : base(nameof(RegionPredictor))
    {
        _hourglass = new Hourglass(3, config.RegionExpansion, config.MaxChannels, config.Depth);
        _regions = nn.Conv2d(_hourglass.OutChannels, config.RegionCount, HeadSize, padding: HeadSize / 2);
        _downsample = new AntiAliasDownsample(3, config.Reduction);
        RegisterComponents();
    }

    /// <summary>Finds the regions.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    public override Regions forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Measure(Heatmaps(Logits(input))).MoveToOuterDisposeScope();
    }

    /// <summary>The last map before the softmax.</summary>
    /// <param name="frames">[N, 3, H, W].</param>
    /// <returns>[N, K, h, w].</returns>
    public Tensor Logits(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return _regions.call(_hourglass.call(_downsample.call(frames))).MoveToOuterDisposeScope();
    }

    /// <summary>The share that each pixel has in a region.</summary>
    /// <param name="logits">[N, K, h, w].</param>
    /// <returns>[N, K, h, w]; a map sums to 1.</returns>
    public static Tensor Heatmaps(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (logits.Widened().flatten(2) / Temperature).softmax(-1).reshape(logits.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Mean, covariance and axes of regions.</summary>
    /// <param name="heatmaps">[N, K, h, w]; a map sums to 1.</param>
    public static Regions Measure(Tensor heatmaps)
    {
        using var scope = NewDisposeScope();
        var grid = CoordinateGrid.CreateLike(heatmaps.size(2), heatmaps.size(3), heatmaps).reshape(-1, 2);
        var shares = heatmaps.flatten(2).unsqueeze(-1);                                   // [N, K, hw, 1]
        var shift = (shares * grid).sum([2]);                                            // [N, K, 2]
        var away = grid - shift.unsqueeze(2);                                            // [N, K, hw, 2]
        var covariance = TwoByTwo.Steady((shares.unsqueeze(-1) * away.unsqueeze(-1) * away.unsqueeze(-2)).sum([2]));
        var (axes, roots) = TwoByTwo.Decompose(covariance);
        return new Regions(shift, covariance, axes * roots.unsqueeze(-2)).MoveToOuterDisposeScope();
    }
}
