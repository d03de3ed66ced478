using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Finds keypoints of a face in space as if it looked straight ahead: canonical keypoints.</summary>
/// <remarks><b>Paper:</b> One-Shot Free-View, Sec. 3.1.</remarks>
internal sealed class CanonicalDetector : nn.Module<Tensor, Tensor>
{
    private const double Temperature = 0.1;

    [ComponentName(Name = "predictor")] private readonly CanonicalHourglass _hourglass;
    [ComponentName(Name = "kp")] private readonly VolumeConv _heatmap;
    [ComponentName(Name = "down")] private readonly AntiAliasDownsample? _downsample;

    /// <summary>Builds the detector.</summary>
    /// <param name="config">Sizes, validated.</param>
    public CanonicalDetector(FreeViewConfig config) : base(nameof(CanonicalDetector))
    {
        _hourglass = new CanonicalHourglass(config);
        _heatmap = new VolumeConv(config.DetectorExpansion, config.KeypointCount, 3);
        if (config.DetectorReduction > 1) _downsample = new AntiAliasDownsample(3, config.DetectorReduction);
        RegisterComponents();
    }

    /// <summary>Finds the keypoints.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, K, 3], (x, y, z) in [-1, 1].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Locate(Heatmaps(Logits(input))).MoveToOuterDisposeScope();
    }

    /// <summary>The last volume before the softmax.</summary>
    /// <param name="frames">[N, 3, H, W].</param>
    /// <returns>[N, K, D, h, w].</returns>
    public Tensor Logits(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return _heatmap.call(_hourglass.call(_downsample?.call(frames) ?? frames)).MoveToOuterDisposeScope();
    }

    /// <summary>The share of each voxel in a keypoint.</summary>
    /// <param name="logits">[N, K, D, h, w].</param>
    public static Tensor Heatmaps(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (logits.Widened().flatten(2) / Temperature).softmax(-1).reshape(logits.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The means of heatmaps.</summary>
    /// <param name="heatmaps">[N, K, D, h, w].</param>
    public static Tensor Locate(Tensor heatmaps)
    {
        using var scope = NewDisposeScope();
        return FullPrecision.Product(heatmaps.flatten(2), VolumeGrid.CreateLike(heatmaps.size(2), heatmaps.size(3), heatmaps.size(4), heatmaps).reshape(-1, 3)).MoveToOuterDisposeScope();
    }
}

/// <summary>Halves a frame down to a few pixels, turns channels into depth, and doubles the volume up again, without skips.</summary>
internal sealed class CanonicalHourglass : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "down_blocks")] private readonly Sequential _down;
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;
    [ComponentName(Name = "up_blocks")] private readonly Sequential _up;
    private readonly int _depth;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public CanonicalHourglass(FreeViewConfig config) : base(nameof(CanonicalHourglass))
    {
        long Width(int level) => Math.Min(config.MaxChannels, (long)config.DetectorExpansion << level);

        _depth = config.VolumeDepth;
        _down = nn.Sequential(Enumerable.Range(0, config.Depth).Select(i =>
            ($"down{i}", (nn.Module<Tensor, Tensor>)new DownBlock(i == 0 ? 3 : Width(i), Width(i + 1)))));
        _conv = nn.Conv2d(Width(config.Depth), Width(config.Depth) * _depth, 1);
        _up = nn.Sequential(Enumerable.Range(0, config.Depth).Select(i =>
            ($"up{i}", (nn.Module<Tensor, Tensor>)VolumeBlock.Up(Width(config.Depth - i), Width(config.Depth - i - 1)))));
        RegisterComponents();
    }

    /// <summary>Applies the network.</summary>
    /// <param name="input">Frames [N, 3, H, W].</param>
    /// <returns>Volumes [N, C, D, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _conv.call(_down.call(input));
        return _up.call(features.reshape(features.size(0), -1, _depth, features.size(2), features.size(3))).MoveToOuterDisposeScope();
    }
}
