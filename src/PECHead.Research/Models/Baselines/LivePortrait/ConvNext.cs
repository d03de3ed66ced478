using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>ConvNeXt V2 of the size "tiny", and linear heads on what it sees.</summary>
/// <remarks><b>Paper:</b> Woo et al., ConvNeXt V2, CVPR 2023; LivePortrait, Sec. 3.2: one backbone for canonical keypoints, pose, expression and scale.</remarks>
internal sealed class ConvNext : nn.Module<Tensor, Tensor>
{
    /// <summary>Stages, each of twice the channels and half the sides of the one before.</summary>
    public const int Stages = 4;

    /// <summary>How many times smaller the last stage is than the frame.</summary>
    public const int Reduction = Patch << (Stages - 1);

    private const int Patch = 4;
    private const int Bins = 66;
    private static readonly int[] Blocks = [3, 3, 9, 3];

    [ComponentName(Name = "downsample_layers")] private readonly ModuleList<Sequential> _down;
    [ComponentName(Name = "stages")] private readonly ModuleList<Sequential> _stages;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "fc_kp")] private readonly Linear _canonical;
    [ComponentName(Name = "fc_scale")] private readonly Linear _scale;
    [ComponentName(Name = "fc_pitch")] private readonly Linear _pitch;
    [ComponentName(Name = "fc_yaw")] private readonly Linear _yaw;
    [ComponentName(Name = "fc_roll")] private readonly Linear _roll;
    [ComponentName(Name = "fc_t")] private readonly Linear _translation;
    [ComponentName(Name = "fc_exp")] private readonly Linear _expression;

    /// <summary>Builds the network.</summary>
    /// <param name="width">Channels of the first stage.</param>
    public ConvNext(long width) : base(nameof(ConvNext))
    {
        long Width(int stage) => width << stage;
        _down = new ModuleList<Sequential>(nn.Sequential(nn.Conv2d(3, width, Patch, Patch), new ChannelNorm(width)));
        for (int stage = 1; stage < Stages; stage++)
            _down.Add(nn.Sequential(new ChannelNorm(Width(stage - 1)), nn.Conv2d(Width(stage - 1), Width(stage), 2, 2)));
        _stages = new ModuleList<Sequential>();
        for (int stage = 0; stage < Stages; stage++)
            _stages.Add(nn.Sequential(Enumerable.Range(0, Blocks[stage]).Select(_ => (nn.Module<Tensor, Tensor>)new ConvNextBlock(Width(stage)))));
        long features = Width(Stages - 1);
        _norm = nn.LayerNorm(features, ChannelNorm.Epsilon);
        Linear Head(long values) => nn.Linear(features, values);
        (_canonical, _expression, _scale, _translation) = (Head(3 * LivePortraitConfig.KeypointCount), Head(3 * LivePortraitConfig.KeypointCount), Head(1), Head(3));
        (_pitch, _yaw, _roll) = (Head(Bins), Head(Bins), Head(Bins));
        // Heads begin at their own size: a scale near 0 would lay all keypoints on one place.
        using (no_grad())
            _scale.bias!.fill_(1);
        RegisterComponents();
    }

    /// <summary>What the heads read.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, C].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input;
        foreach (var (down, stage) in _down.Zip(_stages)) features = stage.call(down.call(features));
        return _norm.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>Reads heads.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    public ImplicitHead Read(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var features = call(frames);
        var logits = stack([_pitch.call(features), _yaw.call(features), _roll.call(features)], 1);        // [N, 3, bins]
        Tensor Points(Linear head) => head.call(features).Widened().reshape(frames.size(0), -1, 3);
        return new ImplicitHead(logits, Points(_canonical), _scale.call(features).Widened(), Points(_expression), _translation.call(features).Widened()).MoveToOuterDisposeScope();
    }
}

/// <summary>Depthwise convolution 7x7, two layers on each pixel with a response normalisation between them, and the input itself.</summary>
internal sealed class ConvNextBlock : nn.Module<Tensor, Tensor>
{
    private const int Widening = 4;

    [ComponentName(Name = "dwconv")] private readonly Conv2d _depthwise;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "pwconv1")] private readonly Linear _widen;
    [ComponentName(Name = "grn")] private readonly ResponseNorm _response;
    [ComponentName(Name = "pwconv2")] private readonly Linear _narrow;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public ConvNextBlock(long channels) : base(nameof(ConvNextBlock))
    {
        _depthwise = nn.Conv2d(channels, channels, 7, padding: 3, groups: channels);
        _norm = nn.LayerNorm(channels, ChannelNorm.Epsilon);
        (_widen, _narrow) = (nn.Linear(channels, Widening * channels), nn.Linear(Widening * channels, channels));
        _response = new ResponseNorm(Widening * channels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _widen.call(_norm.call(_depthwise.call(input).permute(0, 2, 3, 1)));
        features = _narrow.call(_response.call(nn.functional.gelu(features)));
        return (input + features.permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }
}

/// <summary>Normalises the channels of each pixel.</summary>
internal sealed class ChannelNorm : nn.Module<Tensor, Tensor>
{
    /// <summary>Added to the variance.</summary>
    public const double Epsilon = 1e-6;

    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    public ChannelNorm(long channels) : base(nameof(ChannelNorm))
    {
        (_weight, _bias) = (Learned.From(ones(channels)), Learned.From(zeros(channels)));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Features [N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.layer_norm(input.permute(0, 2, 3, 1), [input.size(1)], _weight, _bias, Epsilon).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}

/// <summary>Global response normalisation: channels that answer more than the others over the whole frame are strengthened.</summary>
/// <remarks><b>Paper:</b> ConvNeXt V2, Sec. 3.2. It starts as the identity.</remarks>
internal sealed class ResponseNorm : nn.Module<Tensor, Tensor>, ICountedArithmetic
{
    private const double Epsilon = 1e-6;

    [ComponentName(Name = "gamma")] private readonly Parameter _gamma;
    [ComponentName(Name = "beta")] private readonly Parameter _beta;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    public ResponseNorm(long channels) : base(nameof(ResponseNorm))
    {
        (_gamma, _beta) = (Learned.From(zeros(1, 1, 1, channels)), Learned.From(zeros(1, 1, 1, channels)));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Features [N, H, W, C].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var answer = linalg.vector_norm(input, 2, [1, 2], keepdim: true);
        var share = answer / (answer.mean([-1], keepdim: true) + Epsilon);
        return ((_gamma * (input * share)) + _beta + input).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Products(Tensor input, Tensor output) => output.numel();
}
