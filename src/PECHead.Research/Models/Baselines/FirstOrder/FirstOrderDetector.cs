using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>Finds K keypoints in a frame and the affine motion around each.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model, Sec. 3.2. Both heads have no padding: their maps are 6 px smaller than the
/// features while their grid still spans [-1, 1].
/// </remarks>
internal sealed class FirstOrderDetector : nn.Module<Tensor, AffineKeypoints>
{
    private const int HeadSize = 7;
    private const double Temperature = 0.1;
    private static readonly float[] Identity = [1, 0, 0, 1];

    [ComponentName(Name = "downsample")] private readonly AntiAliasDownsample _downsample;
    [ComponentName(Name = "hourglass")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "heatmap")] private readonly Conv2d _heatmap;
    [ComponentName(Name = "jacobian")] private readonly Conv2d _jacobian;
    private readonly int _keypoints;
    private readonly int _jacobians;

    /// <summary>Builds the detector.</summary>
    /// <param name="config">Sizes, validated.</param>
    /// <param name="inChannels">Channels of the frames: 3, or more where something else is known of each pixel.</param>
    public FirstOrderDetector(FirstOrderConfig config, long inChannels = 3) : base(nameof(FirstOrderDetector))
    {
        _keypoints = config.KeypointCount;
        _jacobians = config.SharedJacobian ? 1 : config.KeypointCount;
        _downsample = new AntiAliasDownsample(inChannels, config.Reduction);
        _hourglass = new Hourglass(inChannels, config.DetectorExpansion, config.MaxChannels, config.HourglassDepth);
        _heatmap = nn.Conv2d(_hourglass.OutChannels, _keypoints, HeadSize);
        _jacobian = nn.Conv2d(_hourglass.OutChannels, 4 * _jacobians, HeadSize);
        using (no_grad())
        {
            // A detector begins with the identity around every point.
            using var identity = tensor(Identity).repeat(_jacobians);
            _jacobian.weight.zero_();
            _jacobian.bias!.copy_(identity);
        }
        RegisterComponents();
    }

    /// <summary>Locates the keypoints.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    public override AffineKeypoints forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = Features(input);
        return Read(features, Heatmaps(features)).MoveToOuterDisposeScope();
    }

    /// <summary>What both heads read.</summary>
    /// <param name="frames">[N, 3, H, W].</param>
    /// <returns>[N, C, h, w].</returns>
    public Tensor Features(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return _hourglass.call(_downsample.call(frames)).MoveToOuterDisposeScope();
    }

    /// <summary>The share that each pixel has in a keypoint.</summary>
    /// <param name="features">Of <see cref="Features"/>.</param>
    /// <returns>[N, K, h, w]; a map sums to 1.</returns>
    public Tensor Heatmaps(Tensor features)
    {
        using var scope = NewDisposeScope();
        var logits = _heatmap.call(features);
        // Half a precision would be a pixel of error, and has no inverse of the Jacobians.
        if (logits.dtype != ScalarType.Float64) logits = logits.to(ScalarType.Float32);
        return (logits.flatten(2) / Temperature).softmax(-1).reshape(logits.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Means of the heatmaps, and of the Jacobians under them.</summary>
    /// <param name="features">Of <see cref="Features"/>.</param>
    /// <param name="heatmaps">Of <see cref="Heatmaps"/>.</param>
    public AffineKeypoints Read(Tensor features, Tensor heatmaps)
    {
        using var scope = NewDisposeScope();
        var probabilities = heatmaps.flatten(2);                                          // [N, K, hw]
        var grid = CoordinateGrid.Create(heatmaps.size(2), heatmaps.size(3), heatmaps.dtype, heatmaps.device).reshape(-1, 2);
        var positions = (probabilities.unsqueeze(-1) * grid).sum(2);                     // [N, K, 2]
        var maps = _jacobian.call(features).to(heatmaps.dtype).flatten(2).reshape(-1, _jacobians, 4, probabilities.size(2));
        var jacobians = (maps * probabilities.unsqueeze(2)).sum(3).reshape(-1, _keypoints, 2, 2);
        return new AffineKeypoints(positions, jacobians).MoveToOuterDisposeScope();
    }
}
