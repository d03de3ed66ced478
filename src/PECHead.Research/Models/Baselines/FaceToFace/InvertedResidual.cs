using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>The block of MobileNetV2: wider by a 1x1 convolution, filtered channel by channel, narrow again, beside a skip where the shape stays.</summary>
/// <remarks><b>Paper:</b> Sandler et al., MobileNetV2, 2018. <b>Deviation:</b> as in the authors' code, ReLU without a bound of 6.</remarks>
internal sealed class InvertedResidual : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly Sequential _layers;
    private readonly bool _skips;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="expansion">How many times wider it is inside; 1 leaves out the convolution that widens.</param>
    /// <param name="stride">1, or 2 to halve the sides.</param>
    /// <param name="normalized">Whether the output is normalised.</param>
    public InvertedResidual(long inChannels, long outChannels, int expansion, int stride = 1, bool normalized = true) : base(nameof(InvertedResidual))
    {
        long inside = expansion * inChannels;
        var layers = new List<nn.Module<Tensor, Tensor>>();
        if (expansion > 1) layers.AddRange([nn.Conv2d(inChannels, inside, 1, bias: false), nn.BatchNorm2d(inside), nn.ReLU()]);
        layers.AddRange([nn.Conv2d(inside, inside, 3, stride, 1, groups: inside, bias: false), nn.BatchNorm2d(inside), nn.ReLU()]);
        layers.Add(nn.Conv2d(inside, outChannels, 1, bias: false));
        if (normalized) layers.Add(nn.BatchNorm2d(outChannels));
        _layers = nn.Sequential(layers);
        _skips = stride == 1 && inChannels == outChannels;
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _layers.call(input);
        return (_skips ? features.add_(input) : features).MoveToOuterDisposeScope();
    }

    /// <summary>Blocks in a row, in the nesting of the published names.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="count">How many blocks.</param>
    /// <param name="expansion">Of each.</param>
    /// <param name="stride">Of the first.</param>
    /// <param name="doubled">Whether the sides are doubled at the end, by repeating pixels.</param>
    /// <param name="normalized">Whether the output is normalised.</param>
    public static Sequential Stage(
        long inChannels, long outChannels, int count, int expansion = 6, int stride = 1, bool doubled = false, bool normalized = true)
    {
        var blocks = nn.Sequential(Enumerable.Range(0, count).Select(i =>
            (nn.Module<Tensor, Tensor>)new InvertedResidual(i == 0 ? inChannels : outChannels, outChannels, expansion, i == 0 ? stride : 1, normalized)));
        return doubled ? nn.Sequential(blocks, nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest)) : nn.Sequential(blocks);
    }
}
