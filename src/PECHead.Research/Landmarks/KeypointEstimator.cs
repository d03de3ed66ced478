using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>
/// The head-pose-aware keypoint estimator E: k^z = E(x^s, p^z, e^z) finds, on the source frame, where its keypoints would
/// lie if the head had pose p and expression e.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 2 and Sec. 3.1: the keypoints of both source and driving frame come from the source frame; pose
/// and expression enter by AdaIN; four down-sampling and four up-sampling residual blocks.
/// <b>Choice:</b> a reduced frame, U-shaped skips and a soft-argmax over heatmaps, as in First Order Motion Model's detector; two
/// linear layers turn the condition into a style, as in PIRenderer. At the start the condition has no influence. The network
/// sees the place of each pixel beside its colour (CoordConv, Liu et al. 2018): scaling a map of places is the shortest way
/// for AdaIN to move a keypoint, and without it nothing moved in the first thousand steps.
/// </remarks>
internal sealed class KeypointEstimator : nn.Module<Tensor, Tensor, Keypoints>
{
    private const int EdgeKernel = 7;
    private const int FrameChannels = 3 + 2;   // RGB and the place of each pixel
    private const double Slope = 0.2;

    [ComponentName(Name = "style1")] private readonly Linear _style1;
    [ComponentName(Name = "style2")] private readonly Linear _style2;
    [ComponentName(Name = "first")] private readonly Conv2d _first;
    [ComponentName(Name = "down")] private readonly ModuleList<AdaptiveResidualBlock> _down;
    [ComponentName(Name = "up")] private readonly ModuleList<AdaptiveResidualBlock> _up;
    [ComponentName(Name = "heatmap")] private readonly Conv2d _heatmap;
    private readonly double _temperature;

    /// <summary>Builds the estimator.</summary>
    /// <param name="config">Sizes, validated.</param>
    /// <param name="conditionSize">Values of pose and expression together.</param>
    public KeypointEstimator(KeypointEstimatorConfig config, long conditionSize) : base(nameof(KeypointEstimator))
    {
        long Width(int level) => (long)config.BaseChannels << level;

        _style1 = nn.Linear(conditionSize, config.StyleSize);
        _style2 = nn.Linear(config.StyleSize, config.StyleSize);
        _first = nn.Conv2d(FrameChannels, Width(0), EdgeKernel, padding: EdgeKernel / 2);
        _down = new ModuleList<AdaptiveResidualBlock>();
        _up = new ModuleList<AdaptiveResidualBlock>();
        for (int i = 0; i < config.Blocks; i++)
            _down.Add(new AdaptiveResidualBlock(Width(i), Width(i + 1), config.StyleSize, Resampling.HalvedAfter));
        for (int i = config.Blocks; i > 0; i--)
            _up.Add(new AdaptiveResidualBlock(i == config.Blocks ? Width(i) : 2 * Width(i), Width(i - 1), config.StyleSize, Resampling.DoubledBefore));
        _heatmap = nn.Conv2d((2 * Width(0)) + FrameChannels, config.KeypointCount, EdgeKernel, padding: EdgeKernel / 2);
        _temperature = config.Temperature;
        RegisterComponents();
    }

    /// <summary>Estimates the keypoints.</summary>
    /// <param name="input1">Reduced source frames [N, 3, h, w], RGB in [0, 1]; h and w divisible by 2^blocks.</param>
    /// <param name="input2">Pose and expression [N, P + E] that the head is to have.</param>
    /// <returns>K positions a frame.</returns>
    public override Keypoints forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var style = _style2.call(nn.functional.leaky_relu(_style1.call(input2), Slope));
        style = nn.functional.leaky_relu(style, Slope);
        var grid = CoordinateGrid.CreateLike(input1.size(2), input1.size(3), input1).permute(2, 0, 1).expand(input1.size(0), 2, input1.size(2), input1.size(3));
        var placed = cat([input1, grid], 1);
        var features = _first.call(placed);
        var skips = new Stack<Tensor>();
        foreach (var down in _down)
        {
            skips.Push(features);
            features = down.call(features, style);
        }
        foreach (var up in _up)
            features = cat([up.call(features, style), skips.Pop()], 1);
        var logits = _heatmap.call(cat([features, placed.to(features.dtype)], 1));
        return HeatmapExpectation.Locate(logits, _temperature).MoveToOuterDisposeScope();
    }
}
