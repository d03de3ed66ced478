using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>Turns two sets of affine keypoints into dense motion and an occlusion map.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model, Eq. 4, 6 and 7.</remarks>
internal sealed class FirstOrderMotion : nn.Module<Tensor, AffineKeypoints, AffineKeypoints, MotionField>, IInferenceForm
{
    private const int ChannelsPerPoint = 4;   // one heatmap, one warped RGB
    private const int HeadSize = 7;
    private const double HeatmapVariance = 0.01;

    [ComponentName(Name = "downsample")] private readonly AntiAliasDownsample _downsample;
    [ComponentName(Name = "hourglass")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "mask")] private readonly Conv2d _mask;
    [ComponentName(Name = "occlusion")] private readonly Conv2d _occlusion;
    private readonly bool _alignCorners;
    private readonly MotionHead _head;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FirstOrderMotion(FirstOrderConfig config) : base(nameof(FirstOrderMotion))
    {
        int proposals = config.KeypointCount + 1;
        _alignCorners = config.AlignCorners;
        _downsample = new AntiAliasDownsample(3, config.Reduction);
        _hourglass = new Hourglass(proposals * ChannelsPerPoint, config.MotionExpansion, config.MaxChannels, config.HourglassDepth);
        _mask = nn.Conv2d(_hourglass.OutChannels, proposals, HeadSize, padding: HeadSize / 2);
        _occlusion = nn.Conv2d(_hourglass.OutChannels, 1, HeadSize, padding: HeadSize / 2);
        _head = new MotionHead(_mask, _occlusion);
        RegisterComponents();
    }

    /// <summary>Computes the motion from driving pixels to source positions.</summary>
    /// <param name="input1">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="input2">Points in the source.</param>
    /// <param name="input3">The same points in the driving frame.</param>
    /// <returns>Motion at the reduced size.</returns>
    public override MotionField forward(Tensor input1, AffineKeypoints input2, AffineKeypoints input3)
    {
        using var scope = NewDisposeScope();
        var source = Reduce(input1);
        if (MotionKernel.Takes(source, input2.Positions))
        {
            var maps = Maps(input2, input3);
            var seen = _hourglass.call(MotionKernel.Look(source, maps, input2.Positions, input3.Positions, HeatmapVariance, _alignCorners));
            var (motion, visible) = MotionKernel.Decide(_head.Logits(seen), maps);
            return new MotionField(motion, visible, seen).MoveToOuterDisposeScope();
        }
        return Explain(source, input2, input3).Motion.MoveToOuterDisposeScope();
    }

    /// <summary>Reduces source frames to the resolution of the motion.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, 3, h, w].</returns>
    public Tensor Reduce(Tensor source) => _downsample.call(source);

    /// <summary>Computes the motion and keeps every step on the way to it.</summary>
    /// <param name="reduced">Source frames of <see cref="Reduce"/>.</param>
    /// <param name="source">Points in the source.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    public MotionSteps Explain(Tensor reduced, AffineKeypoints source, AffineKeypoints driving)
    {
        using var scope = NewDisposeScope();
        long height = reduced.size(2), width = reduced.size(3);
        var proposals = Proposals(source, driving, height, width);                       // [N, K+1, h, w, 2]
        var heatmaps = GaussianHeatmap.Difference(new Keypoints(source.Positions), new Keypoints(driving.Positions), height, width, HeatmapVariance);
        var warped = SparseMotion.Warp(reduced, proposals, _alignCorners);               // [N, K+1, 3, h, w]
        var features = _hourglass.call(cat([heatmaps.unsqueeze(2), warped], 2).flatten(1, 2));
        var logits = _head.Logits(features);                                             // [N, K+2, h, w]
        var mask = logits.narrow(1, 0, proposals.size(1)).softmax(1);
        var deformation = (mask.unsqueeze(-1) * proposals).sum(1);                       // [N, h, w, 2]
        var field = new MotionField(deformation, logits.narrow(1, proposals.size(1), 1).sigmoid(), features);
        return new MotionSteps(heatmaps, proposals, warped, mask, field).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => _head.Keep();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _head.Dispose();
        base.Dispose(disposing);
    }

    // The same as maps (A | b): [N, K, 2, 3].
    private static Tensor Maps(AffineKeypoints source, AffineKeypoints driving)
    {
        var linear = source.Jacobians.to(ScalarType.Float32).matmul(driving.InverseJacobians(nameof(driving)).to(ScalarType.Float32));
        return cat([linear, source.Positions.unsqueeze(-1) - (linear * driving.Positions.unsqueeze(-2)).sum(-1, keepdim: true)], -1);
    }

    // Eq. 4: T_0(z) = z and T_k(z) = k_s + J_s J_d⁻¹ (z − k_d).
    private static Tensor Proposals(AffineKeypoints source, AffineKeypoints driving, long height, long width)
    {
        long n = source.Positions.size(0), k = source.Positions.size(1);
        var grid = CoordinateGrid.CreateLike(height, width, source.Positions);
        var away = grid - driving.Positions.reshape(n, k, 1, 1, 2);                      // [N, K, h, w, 2]
        var affine = source.Jacobians.matmul(driving.InverseJacobians(nameof(driving)));               // [N, K, 2, 2]
        var turned = (affine.reshape(n, k, 1, 1, 2, 2) * away.unsqueeze(-2)).sum([5]);
        var background = grid.unsqueeze(0).unsqueeze(0).expand(n, 1, height, width, 2);
        return cat([background, turned + source.Positions.reshape(n, k, 1, 1, 2)], 1);
    }
}
