using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Judges whole frames: residual blocks down to four pixels, then how much the frames of a batch differ, then two linear layers.</summary>
/// <remarks><b>Paper:</b> StyleGAN2 (Karras et al. 2020), as Latent Image Animator is trained with it.</remarks>
internal sealed class StyleDiscriminator : nn.Module<Tensor, Tensor>
{
    private const long Group = 4;
    private const double Epsilon = 1e-8;
    private const double Slope = 0.2;

    [ComponentName(Name = "convs")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _convs;
    [ComponentName(Name = "final_conv")] private readonly Sequential _last;
    [ComponentName(Name = "hidden")] private readonly EqualizedLinear _hidden;
    [ComponentName(Name = "judge")] private readonly EqualizedLinear _judge;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public StyleDiscriminator(LatentConfig config) : base(nameof(StyleDiscriminator))
    {
        int side = config.ImageSize;
        _convs = new ModuleList<nn.Module<Tensor, Tensor>>(nn.Sequential(new EqualizedConv(3, config.Channels(side), 1, 1, 0), new BiasedActivation(config.Channels(side))));
        for (; side > LatentConfig.SmallestSide; side /= 2)
            _convs.Add(new LatentDownBlock(config.Channels(side), config.Channels(side / 2)));
        long channels = config.Channels(side);
        _last = nn.Sequential(new EqualizedConv(channels + 1, channels, 3, 1, 1), new BiasedActivation(channels));
        _hidden = new EqualizedLinear(channels * side * side, channels);
        _judge = new EqualizedLinear(channels, 1);
        RegisterComponents();
    }

    /// <summary>Judges frames.</summary>
    /// <param name="input">[N, 3, H, W], RGB about [-1, 1].</param>
    /// <returns>[N, 1]: above 0 rather real.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input;
        foreach (var layer in _convs)
            features = layer.call(features);
        features = _last.call(cat([features, Variety(features)], 1)).flatten(1);
        features = nn.functional.leaky_relu(_hidden.call(features), Slope) * Math.Sqrt(2);
        return _judge.call(features).MoveToOuterDisposeScope();
    }

    // The mean deviation within groups of four frames, or fewer where the batch does not divide: one map [N, 1, h, w].
    private static Tensor Variety(Tensor features)
    {
        long count = features.size(0), group = Math.Min(Group, count);
        while (count % group != 0) group--;
        var frames = features.reshape(group, -1, features.size(1), features.size(2), features.size(3));
        var deviation = ((frames - frames.mean([0], keepdim: true)).square().mean([0]) + Epsilon).sqrt().mean([1, 2, 3]);      // [N / group]
        return deviation.repeat(group).reshape(count, 1, 1, 1).expand(count, 1, features.size(2), features.size(3)).to(features.dtype);
    }
}
