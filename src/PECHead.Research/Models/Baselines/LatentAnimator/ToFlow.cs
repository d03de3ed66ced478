using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Reads a flow and a mask off features, refining those of the resolution before, and moves features of the source by them.</summary>
/// <remarks><b>Paper:</b> Latent Image Animator, Sec. 3.4, Eq. 3 and 4.</remarks>
internal sealed class ToFlow : nn.Module
{
    [ComponentName(Name = "upsample")] private readonly BinomialFilter _double;
    [ComponentName(Name = "conv")] private readonly ModulatedConv _conv;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;
    private readonly bool _alignCorners;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="codeSize">Numbers of the code.</param>
    /// <param name="alignCorners">Convention of sampling.</param>
    public ToFlow(long channels, long codeSize, bool alignCorners) : base(nameof(ToFlow))
    {
        _double = BinomialFilter.Double();
        _conv = new ModulatedConv(channels, 3, 1, codeSize, doubles: false, demodulates: false);
        _bias = Learned.From(zeros([1, 3, 1, 1]));
        _alignCorners = alignCorners;
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="features">The decoder's features [N, C, H, W].</param>
    /// <param name="code">[N, codeSize].</param>
    /// <param name="source">Features of the source of the same shape.</param>
    /// <param name="before">Flow and mask of half the size, before their activations; null: none.</param>
    public (Tensor Raw, MotionField Motion, Tensor Warped, Tensor Mixed) Apply(Tensor features, Tensor code, Tensor source, Tensor? before)
    {
        using var scope = NewDisposeScope();
        var raw = _conv.call(features, code) + _bias;
        if (before is not null) raw = raw + _double.call(before);
        var mask = raw.narrow(1, 2, 1).sigmoid();
        var shift = raw.narrow(1, 0, 2).Widened().tanh();
        var deformation = CoordinateGrid.CreateLike(raw.size(2), raw.size(3), shift) + shift.permute(0, 2, 3, 1);
        var warped = Warping.Sample(source, deformation, _alignCorners) * mask;
        var mixed = warped + (features * (1 - mask));
        var motion = new MotionField(deformation, mask, features.alias()).MoveToOuterDisposeScope();
        return (raw.MoveToOuterDisposeScope(), motion, warped.MoveToOuterDisposeScope(), mixed.MoveToOuterDisposeScope());
    }
}
