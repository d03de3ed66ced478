using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Convolution 3x3x3, batch normalisation, ReLU of a volume; height and width stay, halve afterwards or double before. The depth stays.</summary>
/// <remarks><b>Paper:</b> One-Shot Free-View, supplement: the blocks of First Order Motion Model with a third axis.</remarks>
internal sealed class VolumeBlock : nn.Module<Tensor, Tensor>
{
    private static readonly long[] Half = [1, 2, 2];
    private static readonly double[] Twice = [1, 2, 2];

    [ComponentName(Name = "conv")] private readonly VolumeConv _conv;
    [ComponentName(Name = "norm")] private readonly BatchNorm3d _norm;
    private readonly Func<Tensor, Tensor> _before, _after;

    private VolumeBlock(long inChannels, long outChannels, Func<Tensor, Tensor> before, Func<Tensor, Tensor> after) : base(nameof(VolumeBlock))
    {
        _conv = new VolumeConv(inChannels, outChannels, 3);
        _norm = nn.BatchNorm3d(outChannels);
        (_before, _after) = (before, after);
        RegisterComponents();
    }

    /// <summary>A block that halves height and width.</summary>
    public static VolumeBlock Down(long inChannels, long outChannels) =>
        new(inChannels, outChannels, Keep, volume => nn.functional.avg_pool3d(volume, Half, Half));

    /// <summary>A block that doubles height and width.</summary>
    public static VolumeBlock Up(long inChannels, long outChannels) =>
        new(inChannels, outChannels, volume => nn.functional.interpolate(volume, scale_factor: Twice, mode: InterpolationMode.Nearest), Keep);

    /// <summary>Applies the block.</summary>
    /// <param name="input">Volumes [N, inChannels, D, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _after(_norm.call(_conv.call(_before(input))).relu_()).MoveToOuterDisposeScope();
    }

    private static Tensor Keep(Tensor volume) => volume;
}

/// <summary>Pre-activation residual block of a volume: x + Conv(ReLU(Norm(Conv(ReLU(Norm(x)))))).</summary>
internal sealed class VolumeResidualBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly VolumeConv _conv1;
    [ComponentName(Name = "conv2")] private readonly VolumeConv _conv2;
    [ComponentName(Name = "norm1")] private readonly BatchNorm3d _norm1;
    [ComponentName(Name = "norm2")] private readonly BatchNorm3d _norm2;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public VolumeResidualBlock(long channels) : base(nameof(VolumeResidualBlock))
    {
        _conv1 = new VolumeConv(channels, channels, 3);
        _conv2 = new VolumeConv(channels, channels, 3);
        _norm1 = nn.BatchNorm3d(channels);
        _norm2 = nn.BatchNorm3d(channels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Volumes [N, channels, D, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        return _conv2.call(_norm2.call(residual).relu_()).add_(input).MoveToOuterDisposeScope();
    }
}
