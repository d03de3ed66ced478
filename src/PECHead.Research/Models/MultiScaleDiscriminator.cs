using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>Patch discriminators at full and at reduced resolutions.</summary>
/// <remarks><b>Paper:</b> PECHead, Sec. 3.4: hinge loss with a two-scale patch discriminator. <b>Choice:</b> the scales 1 and 1/2.</remarks>
public sealed class MultiScaleDiscriminator : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    [ComponentName(Name = "downsample")] private readonly ModuleList<AntiAliasDownsample> _downsample;
    [ComponentName(Name = "scales")] private readonly ModuleList<PatchDiscriminator> _scales;
    private readonly long _smallestSide;

    /// <summary>Builds the networks.</summary>
    /// <param name="config">Sizes, validated.</param>
    public MultiScaleDiscriminator(DiscriminatorConfig config) : base(nameof(MultiScaleDiscriminator))
    {
        _downsample = new ModuleList<AntiAliasDownsample>();
        _scales = new ModuleList<PatchDiscriminator>();
        for (int i = 0; i < config.Scales; i++)
        {
            _downsample.Add(new AntiAliasDownsample(3, 1 << i));
            _scales.Add(new PatchDiscriminator(config));
        }
        _smallestSide = config.SmallestSide;
        RegisterComponents();
    }

    /// <summary>Judges frames at every scale.</summary>
    /// <param name="input">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>A map of judgements per scale, [N, 1, h, w] each.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        TensorGuard.Input(this, input, nameof(input), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        if (Math.Min(input.size(2), input.size(3)) < _smallestSide)
            throw new ArgumentException($"Expected frames of at least {_smallestSide} px, received {input.size(3)}x{input.size(2)}.", nameof(input));
        using var scope = NewDisposeScope();
        return [.. _scales.Zip(_downsample, (scale, reduce) => scale.call(reduce.call(input)).MoveToOuterDisposeScope())];
    }
}
