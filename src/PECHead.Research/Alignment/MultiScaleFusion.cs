using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>Joins global features of half the resolution with local ones: the fusion of MMFA.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.2: motion-aware multi-scale feature alignment fuses both levels. <b>Choice:</b> the paper shows the
/// fusion in a picture only: global features are reduced to C channels and enlarged, both are joined by a 3x3
/// convolution, and a residual block follows. The convolution starts by passing on the local features.
/// </remarks>
internal sealed class MultiScaleFusion : FeatureMerge, INeutralStart
{
    private const int Kernel = 3;

    [ComponentName(Name = "reduce")] private readonly Conv2d _reduce;
    [ComponentName(Name = "fuse")] private readonly Conv2d _fuse;
    [ComponentName(Name = "block")] private readonly ResidualBlock _block;
    private readonly long _channels;

    /// <summary>Builds the fusion.</summary>
    /// <param name="channels">C: channels of the local level.</param>
    /// <param name="globalChannels">Channels of the global level.</param>
    public MultiScaleFusion(long channels, long globalChannels) : base(nameof(MultiScaleFusion))
    {
        _channels = channels;
        _reduce = nn.Conv2d(globalChannels, channels, 1);
        _fuse = nn.Conv2d(2 * channels, channels, Kernel, padding: Kernel / 2);
        _block = new ResidualBlock(channels);
        RegisterComponents();
    }

    /// <summary>Merges.</summary>
    /// <param name="input">Global features [N, C', h/2, w/2], then local features [N, C, h, w].</param>
    /// <returns>[N, C, h, w].</returns>
    public override Tensor forward(IReadOnlyList<AlignedFeatures> input)
    {
        using var scope = NewDisposeScope();
        var (coarse, fine) = (input[0].Features, input[1].Features);
        // A 1x1 convolution commutes with the enlargement and costs a quarter before it.
        var enlarged = nn.functional.interpolate(
            _reduce.call(coarse), [fine.size(2), fine.size(3)], mode: InterpolationMode.Bilinear, align_corners: false);
        return _block.call(_fuse.call(cat([fine, enlarged.to(fine.dtype)], 1))).MoveToOuterDisposeScope();
    }

    void INeutralStart.StartNeutral()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        // The half that looks at the global features keeps what was drawn, so that both levels learn from the first step on.
        _fuse.weight.narrow(1, 0, _channels).zero_();
        _fuse.weight.narrow(1, 0, _channels).select(3, Kernel / 2).select(2, Kernel / 2).copy_(eye(_channels));
    }
}
