using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Reads angles, translation and expression of a head off a frame.</summary>
/// <remarks>
/// <b>Paper:</b> One-Shot Free-View, Sec. 3.1 and supplement: a ResNet-50 with 66 bins of three degrees for each angle. In the public weights
/// the layer <c>fc_roll</c> gives the yaw and <c>fc_yaw</c> the roll; the names are theirs.
/// </remarks>
internal sealed class HeadEstimator : nn.Module<Tensor, HeadReading>
{
    private const int Bins = 66;
    private const double FirstBin = -99;

    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "norm1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "norm2")] private readonly BatchNorm2d _norm2;
    [ComponentName(Name = "block1")] private readonly Sequential _block1;
    [ComponentName(Name = "conv3")] private readonly Conv2d _conv3;
    [ComponentName(Name = "norm3")] private readonly BatchNorm2d _norm3;
    [ComponentName(Name = "block2")] private readonly HeadBlock _block2;
    [ComponentName(Name = "block3")] private readonly Sequential _block3;
    [ComponentName(Name = "conv4")] private readonly Conv2d _conv4;
    [ComponentName(Name = "norm4")] private readonly BatchNorm2d _norm4;
    [ComponentName(Name = "block4")] private readonly HeadBlock _block4;
    [ComponentName(Name = "block5")] private readonly Sequential _block5;
    [ComponentName(Name = "conv5")] private readonly Conv2d _conv5;
    [ComponentName(Name = "norm5")] private readonly BatchNorm2d _norm5;
    [ComponentName(Name = "block6")] private readonly HeadBlock _block6;
    [ComponentName(Name = "block7")] private readonly Sequential _block7;
    [ComponentName(Name = "fc_roll")] private readonly Linear _yaw;
    [ComponentName(Name = "fc_pitch")] private readonly Linear _pitch;
    [ComponentName(Name = "fc_yaw")] private readonly Linear _roll;
    [ComponentName(Name = "fc_t")] private readonly Linear _translation;
    [ComponentName(Name = "fc_exp")] private readonly Linear _expression;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public HeadEstimator(FreeViewConfig config) : base(nameof(HeadEstimator))
    {
        long Width(int stage) => (long)config.HeadWidth << stage;
        static Sequential Blocks(int stage, int count, long channels) => nn.Sequential(Enumerable.Range(0, count).Select(i =>
            ($"b{stage}_{i}", (nn.Module<Tensor, Tensor>)new HeadBlock(channels, 1))));

        (_conv1, _norm1) = (nn.Conv2d(3, Width(0), 7, 2, 3), nn.BatchNorm2d(Width(0)));
        (_conv2, _norm2, _block1) = (nn.Conv2d(Width(0), Width(2), 1), nn.BatchNorm2d(Width(2)), Blocks(1, 3, Width(2)));
        (_conv3, _norm3, _block2, _block3) = (nn.Conv2d(Width(2), Width(3), 1), nn.BatchNorm2d(Width(3)), new HeadBlock(Width(3), 2), Blocks(3, 3, Width(3)));
        (_conv4, _norm4, _block4, _block5) = (nn.Conv2d(Width(3), Width(4), 1), nn.BatchNorm2d(Width(4)), new HeadBlock(Width(4), 2), Blocks(5, 5, Width(4)));
        (_conv5, _norm5, _block6, _block7) = (nn.Conv2d(Width(4), Width(5), 1), nn.BatchNorm2d(Width(5)), new HeadBlock(Width(5), 2), Blocks(7, 2, Width(5)));
        (_yaw, _pitch, _roll) = (nn.Linear(Width(5), Bins), nn.Linear(Width(5), Bins), nn.Linear(Width(5), Bins));
        (_translation, _expression) = (nn.Linear(Width(5), 3), nn.Linear(Width(5), 3L * config.KeypointCount));
        RegisterComponents();
    }

    /// <summary>Reads heads.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    public override HeadReading forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = nn.functional.max_pool2d(_norm1.call(_conv1.call(input)).relu_(), 3, 2, 1);
        features = _block1.call(_norm2.call(_conv2.call(features)).relu_());
        features = _block3.call(_block2.call(_norm3.call(_conv3.call(features)).relu_()));
        features = _block5.call(_block4.call(_norm4.call(_conv4.call(features)).relu_()));
        features = _block7.call(_block6.call(_norm5.call(_conv5.call(features)).relu_())).mean([2, 3]);
        var logits = stack([_yaw.call(features), _pitch.call(features), _roll.call(features)], 1);        // [N, 3, bins]
        return new HeadReading(logits, HeadAngles.Expected(logits, FirstBin), FullPrecision.Of(_translation.call(features)), FullPrecision.Of(_expression.call(features)).reshape(input.size(0), -1, 3)).MoveToOuterDisposeScope();
    }
}

/// <summary>A bottleneck of a residual network, whose skip has a convolution where it halves the sides.</summary>
internal sealed class HeadBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "conv3")] private readonly Conv2d _conv3;
    [ComponentName(Name = "norm1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "norm2")] private readonly BatchNorm2d _norm2;
    [ComponentName(Name = "norm3")] private readonly BatchNorm2d _norm3;
    [ComponentName(Name = "skip")] private readonly Conv2d? _skip;
    [ComponentName(Name = "norm4")] private readonly BatchNorm2d? _norm4;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    /// <param name="stride">1, or 2 to halve the sides.</param>
    public HeadBlock(long channels, long stride) : base(nameof(HeadBlock))
    {
        long inside = channels / 4;
        (_conv1, _norm1) = (nn.Conv2d(channels, inside, 1), nn.BatchNorm2d(inside));
        (_conv2, _norm2) = (nn.Conv2d(inside, inside, 3, stride, 1), nn.BatchNorm2d(inside));
        (_conv3, _norm3) = (nn.Conv2d(inside, channels, 1), nn.BatchNorm2d(channels));
        if (stride != 1) (_skip, _norm4) = (nn.Conv2d(channels, channels, 1, stride), nn.BatchNorm2d(channels));
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, channels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _norm2.call(_conv2.call(_norm1.call(_conv1.call(input)).relu_())).relu_();
        features = _norm3.call(_conv3.call(features));
        var skip = _skip is null ? input : _norm4!.call(_skip.call(input));
        return features.add_(skip).relu_().MoveToOuterDisposeScope();
    }
}
