using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>Warps features by the deformation, keeping the unwarped ones where the source is occluded.</summary>
/// <remarks><b>Paper:</b> PECHead, Sec. 3.2: f^w = W(f^r, w)·o + (1 − o)·f^r. It has no parameters.</remarks>
internal sealed class FlowAlignment : FeatureAlignment
{
    private readonly bool _alignCorners;

    /// <summary>Builds the alignment.</summary>
    /// <param name="alignCorners">Convention of <see cref="Warping.Sample"/>.</param>
    public FlowAlignment(bool alignCorners) : base(nameof(FlowAlignment))
    {
        _alignCorners = alignCorners;
        RegisterComponents();
    }

    /// <summary>Aligns.</summary>
    /// <param name="input1">Source features [N, C, h, w].</param>
    /// <param name="input2">Motion; resized when its maps are of another size.</param>
    public override AlignedFeatures forward(Tensor input1, MotionField input2)
        => new(Warping.Blend(input1, input2, _alignCorners));
}
