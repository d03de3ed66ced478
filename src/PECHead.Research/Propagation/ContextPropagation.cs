using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Propagation;

/// <summary>CAP: context adaptation and propagation along the frames of a video.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 4: f̃^r_{t−1} = W(W(f^r_{t−1}, w_{t−1→t}), w_local^{s→d}), f^c_t = FR(CA(c(f^a_t, f̃^r_{t−1}, f^c_{t−1},
/// h_{t−1}))), h_t = ConvGRU(f^c_t, h_{t−1}); h and f^c start at zero. FR, the refinement, are the residual blocks of the
/// generator, which follow this module.
/// <b>Choice:</b> CA has three 3x3 convolutions 4C → 2C → C → C with LeakyReLU 0.1, or, slim, a 1x1 and two 3x3
/// convolutions 4C → C → C → C; its result is added to f^a_t and starts at zero,
/// so that the clips of the second stage begin where the frames of the first ended. Its first two start after He et al. 2015, which
/// keeps the size of the features: with PyTorch's default a sixth of it reaches the third. Eq. 4 as printed updates h with
/// f^c_{t−1}; the text says f^c_t, which is what happens here. Of the first frame f̃^r is zero too.
/// </remarks>
internal sealed class ContextPropagation : FeaturePropagation, INeutralStart
{
    private const double Slope = 0.1;

    [ComponentName(Name = "adapt1")] private readonly Conv2d _adapt1;
    [ComponentName(Name = "adapt2")] private readonly Conv2d _adapt2;
    [ComponentName(Name = "adapt3")] private readonly Conv2d _adapt3;
    [ComponentName(Name = "memory")] private readonly ConvGru _memory;
    private readonly bool _alignCorners;

    /// <summary>Builds the module.</summary>
    /// <param name="channels">C: channels of the features.</param>
    /// <param name="alignCorners">Convention of <see cref="Warping.Sample"/>.</param>
    /// <param name="slim">Whether its layers compute a third as much: a 1x1 convolution joins the four maps, and gates have half the resolution.</param>
    public ContextPropagation(long channels, bool alignCorners, bool slim = false) : base(nameof(ContextPropagation))
    {
        _adapt1 = slim ? nn.Conv2d(4 * channels, channels, 1) : nn.Conv2d(4 * channels, 2 * channels, 3, padding: 1);
        _adapt2 = nn.Conv2d(slim ? channels : 2 * channels, channels, 3, padding: 1);
        _adapt3 = nn.Conv2d(channels, channels, 3, padding: 1);
        _memory = new ConvGru(channels, halfGates: slim);
        _alignCorners = alignCorners;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Adapt(Tensor aligned, MotionField local, PropagationState? previous, Tensor? frameFlow)
    {
        using var scope = NewDisposeScope();
        var zero = zeros_like(aligned);
        var raw = previous is null ? zero : Carry(previous.Raw, local, frameFlow);
        var context = cat([aligned, raw.to(aligned.dtype), previous?.Refined ?? zero, previous?.Hidden ?? zero], 1);
        var adapted = nn.functional.leaky_relu(_adapt1.call(context), Slope);
        adapted = nn.functional.leaky_relu(_adapt2.call(adapted), Slope);
        return (aligned + _adapt3.call(adapted)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override PropagationState? Remember(Tensor raw, Tensor refined, PropagationState? previous)
    {
        using var scope = NewDisposeScope();
        var hidden = _memory.call(refined, previous?.Hidden ?? zeros_like(refined));
        return new PropagationState(raw.alias(), refined.alias(), hidden).MoveToOuterDisposeScope();
    }

    // Two warps: to where the source frame has moved since, then to where the driving frame needs it.
    private Tensor Carry(Tensor raw, MotionField local, Tensor? frameFlow)
    {
        long height = raw.size(2), width = raw.size(3);
        var current = frameFlow is null
            ? raw
            : Warping.Sample(raw, Warping.FlowDeformation(frameFlow, height, width), _alignCorners, GridSamplePaddingMode.Border);
        return Warping.Sample(current, Warping.ResizeDeformation(local.Deformation, height, width), _alignCorners);
    }

    void INeutralStart.StartNeutral()
    {
        using var noGradient = no_grad();
        // From the default's variance, 1/(3 fan-in), to 2/((1 + slope²) fan-in).
        var gain = Math.Sqrt(6 / (1 + (Slope * Slope)));
        _adapt1.weight.mul_(gain);
        _adapt2.weight.mul_(gain);
        NeutralStart.Zero(_adapt3);
    }
}
