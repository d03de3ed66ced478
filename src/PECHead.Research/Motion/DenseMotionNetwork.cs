using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>
/// Turns two sets of points into dense motion: each point proposes its own shift, the network looks at the source warped
/// by every proposal and decides per pixel which to follow, and where the source cannot show what is needed.
/// </summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model, Sec. 3.2 (Eq. 6 and 7), which PECHead uses as its motion estimator Φ.
/// </remarks>
public sealed class DenseMotionNetwork : nn.Module<Tensor, Keypoints, Keypoints, MotionField>, ICountedArithmetic, IInferenceForm
{
    private const int ChannelsPerPoint = 4;   // one heatmap, one warped RGB
    private const int HeadSize = 7;

    [ComponentName(Name = "downsample")] private readonly AntiAliasDownsample _downsample;
    [ComponentName(Name = "hourglass")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "reduce")] private readonly ConvBlock? _reduce;
    [ComponentName(Name = "mask")] private readonly Conv2d _mask;
    [ComponentName(Name = "occlusion")] private readonly Conv2d? _occlusion;
    private readonly DenseMotionConfig _config;
    private readonly MotionHead _head;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public DenseMotionNetwork(DenseMotionConfig config) : base(nameof(DenseMotionNetwork))
    {
        _config = config;
        int proposals = config.PointCount + 1;
        _downsample = new AntiAliasDownsample(3, config.Reduction);
        _hourglass = new Hourglass(
            proposals * ChannelsPerPoint, config.Expansion, config.MaxChannels, config.HourglassDepth);
        long headChannels = _hourglass.OutChannels;
        if (config.HeadInput == MotionHeadInput.Reduced)
        {
            headChannels = config.ReducedChannels;
            _reduce = new ConvBlock(_hourglass.OutChannels, headChannels, 1);
        }
        _mask = nn.Conv2d(headChannels, proposals, HeadSize, padding: HeadSize / 2);
        if (config.EstimatesOcclusion)
            _occlusion = nn.Conv2d(headChannels, 1, HeadSize, padding: HeadSize / 2);
        _head = new MotionHead(_mask, _occlusion);
        FeatureChannels = _hourglass.OutChannels;
        RegisterComponents();
    }

    /// <summary>Channels of <see cref="MotionField.Features"/>.</summary>
    public long FeatureChannels { get; }

    /// <summary>Reduces source frames to the resolution of the motion: needed once per source.</summary>
    /// <param name="source">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>Frames [N, 3, h, w].</returns>
    public Tensor Reduce(Tensor source)
    {
        TensorGuard.Input(this, source, nameof(source), TensorGuard.Any, 3, TensorGuard.Some, TensorGuard.Some);
        return _downsample.call(source);
    }

    /// <summary>Computes the motion from driving pixels to source positions.</summary>
    /// <param name="input1">Frames, as <see cref="Explain"/>.</param>
    /// <param name="input2">Points in the source.</param>
    /// <param name="input3">The same points in the driving frame.</param>
    /// <returns>Motion at h × w.</returns>
    public override MotionField forward(Tensor input1, Keypoints input2, Keypoints input3)
    {
        Require(input1, input2, input3);
        using var scope = NewDisposeScope();
        if (!MotionKernel.Takes(input1, input2.Positions) || input3.Positions.dtype != input2.Positions.dtype)
            return Explain(input1, input2, input3).Motion.MoveToOuterDisposeScope();
        var maps = SparseMotion.Maps(input2, input3, _config.Proposals);
        var features = _hourglass.call(MotionKernel.Look(
            input1, maps, input2.Positions, input3.Positions, _config.HeatmapVariance, _config.AlignCorners));
        var (deformation, occlusion) = MotionKernel.Decide(Logits(features), maps);
        return new MotionField(deformation, occlusion, features).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the motion and keeps every step on the way to it.</summary>
    /// <param name="reduced">Reduced source frames [N, 3, h, w] of <see cref="Reduce"/>; h and w divisible by 2^depth.</param>
    /// <param name="source">Points in the source.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    /// <returns>The steps, at h × w.</returns>
    public MotionSteps Explain(Tensor reduced, Keypoints source, Keypoints driving)
    {
        Require(reduced, source, driving);
        using var scope = NewDisposeScope();
        long height = reduced.size(2), width = reduced.size(3);
        var heatmaps = GaussianHeatmap.Difference(source, driving, height, width, _config.HeatmapVariance);
        var proposals = SparseMotion.FromKeypoints(source, driving, height, width, _config.Proposals);
        var warped = SparseMotion.Warp(reduced, proposals, _config.AlignCorners);
        var views = cat([heatmaps.unsqueeze(2).to(warped.dtype), warped], 2).flatten(1, 2);
        var features = _hourglass.call(Accelerator.ChannelsLast(views));
        var logits = Logits(features).to(proposals.dtype);
        var mask = logits.narrow(1, 0, proposals.size(1)).softmax(1);
        var deformation = (mask.unsqueeze(-1) * proposals).sum([1]);      // Eq. 7: per pixel a convex mixture of the proposals
        var occlusion = _occlusion is null
            ? ones([reduced.size(0), 1, height, width], proposals.dtype, proposals.device)
            : logits.narrow(1, proposals.size(1), 1).sigmoid();
        return new MotionSteps(heatmaps, proposals, warped, mask, new MotionField(deformation, occlusion, features)).MoveToOuterDisposeScope();
    }

    private Tensor Logits(Tensor features) => _head.Logits(_reduce is null ? features : _reduce.call(features));

    double ICountedArithmetic.Products(Tensor input, Tensor output) => _head.Products(input.size(0) * input.size(2) * input.size(3));

    void IInferenceForm.Simplify() => _head.Keep();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _head.Dispose();
        base.Dispose(disposing);
    }

    private void Require(Tensor reduced, Keypoints source, Keypoints driving)
    {
        TensorGuard.Input(this, reduced, nameof(reduced), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        int cells = 1 << _config.HourglassDepth;
        if (reduced.size(2) % cells != 0 || reduced.size(3) % cells != 0)
            throw new ArgumentException($"Expected sides that are multiples of {cells}, received {reduced.size(2)} and {reduced.size(3)}.", nameof(reduced));
        TensorGuard.Shape(source.Positions, nameof(source), reduced.size(0), _config.PointCount, 2);
        TensorGuard.Shape(driving.Positions, nameof(driving), reduced.size(0), _config.PointCount, 2);
    }
}
