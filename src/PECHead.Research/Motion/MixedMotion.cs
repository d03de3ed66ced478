using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Mixes two motions per pixel.</summary>
/// <remarks>
/// <b>Choice:</b> PECHead decodes the frame from features alone. Where the output is a residual over the warped source frame, two
/// motions have to agree on one warp: a convolution on both motions' features says how much of each, equal parts at the
/// start.
/// </remarks>
internal sealed class MixedMotion : FrameMotion
{
    private const int Kernel = 3;
    private const int PixelsAtOnce = 8;

    [ComponentName(Name = "share")] private readonly RowConv2d _share;

    /// <summary>Builds the mixture.</summary>
    /// <param name="globalChannels">Channels of the global motion's features.</param>
    /// <param name="localChannels">Channels of the local motion's features.</param>
    public MixedMotion(long globalChannels, long localChannels) : base(nameof(MixedMotion))
    {
        _share = new RowConv2d(globalChannels + localChannels, 1, Kernel, PixelsAtOnce, startsAtZero: true);
        RegisterComponents();
    }

    /// <summary>Mixes.</summary>
    /// <param name="input">The global and the local motion, maps of one size.</param>
    /// <returns>The mixture, with the features of the local motion.</returns>
    public override MotionField forward(IReadOnlyList<MotionField> input)
    {
        using var scope = NewDisposeScope();
        var (global, local) = (input[0], input[1]);
        var share = _share.call(cat([global.Features, local.Features], 1)).to(local.Deformation.dtype).sigmoid();   // [N, 1, h, w]
        var deformation = lerp(local.Deformation, global.Deformation, share.permute(0, 2, 3, 1));
        var occlusion = lerp(local.Occlusion, global.Occlusion, share);
        return new MotionField(deformation, occlusion, local.Features.alias()).MoveToOuterDisposeScope();
    }
}
