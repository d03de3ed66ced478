using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Finds K keypoints in a frame, learned without labels: one heatmap a point, its expectation the position.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model, Sec. 3.2, positions only (PECHead's keypoints have no local affine part).
/// The last convolution has no padding, as in that work: its map is 6 pixels smaller than the features while its grid
/// still spans [-1, 1].
/// <b>Deviation:</b> PECHead's estimator looks at the source frame and takes pose and expression as conditions; this
/// one looks at the frame whose points are wanted.
/// </remarks>
internal sealed class KeypointDetector : nn.Module<Tensor, Keypoints>
{
    private const int HeadSize = 7;

    [ComponentName(Name = "downsample")] private readonly AntiAliasDownsample _downsample;
    [ComponentName(Name = "hourglass")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "heatmap")] private readonly Conv2d _heatmap;
    private readonly double _temperature;

    /// <summary>Builds the detector.</summary>
    /// <param name="config">Sizes, validated.</param>
    public KeypointDetector(KeypointDetectorConfig config) : base(nameof(KeypointDetector))
    {
        _downsample = new AntiAliasDownsample(3, config.Reduction);
        _hourglass = new Hourglass(3, config.Expansion, config.MaxChannels, config.HourglassDepth);
        _heatmap = nn.Conv2d(_hourglass.OutChannels, config.KeypointCount, HeadSize);
        _temperature = config.Temperature;
        RegisterComponents();
    }

    /// <summary>Locates the keypoints.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>K positions a frame.</returns>
    public override Keypoints forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var logits = _heatmap.call(_hourglass.call(_downsample.call(input)));   // [N, K, H/4 - 6, W/4 - 6]
        return HeatmapExpectation.Locate(logits, _temperature).MoveToOuterDisposeScope();
    }
}
