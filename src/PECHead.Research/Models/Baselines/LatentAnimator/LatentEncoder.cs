using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Encodes a frame: features of every resolution, a code of its looks, and how far it is moved along each direction.</summary>
/// <remarks><b>Paper:</b> Latent Image Animator, Sec. 3.2 and 3.3. The layers of the motion have no activation between them.</remarks>
internal sealed class LatentEncoder : nn.Module
{
    private const int MotionLayers = 5;

    [ComponentName(Name = "net_app")] private readonly LatentFeatures _features;
    [ComponentName(Name = "fc")] private readonly Sequential _motion;

    /// <summary>Builds the encoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    public LatentEncoder(LatentConfig config) : base(nameof(LatentEncoder))
    {
        _features = new LatentFeatures(config);
        _motion = nn.Sequential(Enumerable.Range(1, MotionLayers).Select(nn.Module<Tensor, Tensor> (layer) =>
            new EqualizedLinear(config.CodeSize, layer == MotionLayers ? config.DirectionCount : config.CodeSize)));
        RegisterComponents();
    }

    /// <summary>Encodes the looks of frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>The code [N, C], and features from a side of 8 to that of the frames.</returns>
    public (Tensor Code, IReadOnlyList<Tensor> Features) Looks(Tensor frames) => _features.Encode(frames);

    /// <summary>Reads the motion off a code of the looks.</summary>
    /// <param name="code">[N, C].</param>
    /// <returns>[N, M]: how far along each direction.</returns>
    public Tensor Motion(Tensor code) => _motion.call(code).Widened();
}

/// <summary>The convolutions of a <see cref="LatentEncoder"/>: those of StyleGAN2's discriminator.</summary>
internal sealed class LatentFeatures : nn.Module
{
    [ComponentName(Name = "convs")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _layers;

    /// <summary>Builds the layers.</summary>
    /// <param name="config">Sizes, validated.</param>
    public LatentFeatures(LatentConfig config) : base(nameof(LatentFeatures))
    {
        int side = config.ImageSize;
        _layers = new ModuleList<nn.Module<Tensor, Tensor>>(nn.Sequential(new EqualizedConv(3, config.Channels(side), 1, 1, 0), new BiasedActivation(config.Channels(side))));
        for (; side > LatentConfig.SmallestSide; side /= 2)
            _layers.Add(new LatentDownBlock(config.Channels(side), config.Channels(side / 2)));
        _layers.Add(new EqualizedConv(config.Channels(side), config.CodeSize, LatentConfig.SmallestSide, 1, 0));
        RegisterComponents();
    }

    /// <summary>Encodes frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>The code [N, C], and features from a side of 8 to that of the frames.</returns>
    public (Tensor Code, IReadOnlyList<Tensor> Features) Encode(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var maps = new List<Tensor>();
        var features = frames;
        foreach (var layer in _layers)
            maps.Add(features = layer.call(features));
        maps.Reverse();
        return (maps[0].flatten(1).MoveToOuterDisposeScope(), maps[2..].ConvertAll(map => map.MoveToOuterDisposeScope()));
    }
}

/// <summary>A residual block that halves both sides; the sum is divided by √2.</summary>
internal sealed class LatentDownBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Sequential _conv1;
    [ComponentName(Name = "conv2")] private readonly Sequential _conv2;
    [ComponentName(Name = "skip")] private readonly Sequential _skip;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public LatentDownBlock(long inChannels, long outChannels) : base(nameof(LatentDownBlock))
    {
        _conv1 = nn.Sequential(new EqualizedConv(inChannels, inChannels, 3, 1, 1), new BiasedActivation(inChannels));
        _conv2 = nn.Sequential(BinomialFilter.Blur(2), new EqualizedConv(inChannels, outChannels, 3, 2, 0), new BiasedActivation(outChannels));
        _skip = nn.Sequential(BinomialFilter.Blur(1), new EqualizedConv(inChannels, outChannels, 1, 2, 0));
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return ((_conv2.call(_conv1.call(input)) + _skip.call(input)) / Math.Sqrt(2)).MoveToOuterDisposeScope();
    }
}
