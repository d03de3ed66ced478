using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>Turns two sets of regions into dense motion and an occlusion map.</summary>
/// <remarks><b>Paper:</b> Articulated Animation, Sec. 3.3 and 3.4: the motion of First Order Motion Model, with one affine map for the background.</remarks>
internal sealed class RegionFlow : nn.Module
{
    private const int ChannelsPerRegion = 4;   // one heatmap, one warped RGB
    private const int HeadSize = 7;

    [ComponentName(Name = "hourglass")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "mask")] private readonly Conv2d _mask;
    [ComponentName(Name = "occlusion")] private readonly Conv2d _occlusion;
    [ComponentName(Name = "down")] private readonly AntiAliasDownsample _downsample;
    private readonly bool _alignCorners;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public RegionFlow(ArticulatedConfig config) : base(nameof(RegionFlow))
    {
        int proposals = config.RegionCount + 1;
        _alignCorners = config.AlignCorners;
        _hourglass = new Hourglass(proposals * ChannelsPerRegion, config.FlowExpansion, config.MaxChannels, config.Depth);
        _mask = nn.Conv2d(_hourglass.OutChannels, proposals, HeadSize, padding: HeadSize / 2);
        _occlusion = nn.Conv2d(_hourglass.OutChannels, 1, HeadSize, padding: HeadSize / 2);
        _downsample = new AntiAliasDownsample(3, config.Reduction);
        RegisterComponents();
    }

    /// <summary>Reduces source frames to the resolution of the motion: needed once per source.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, 3, h, w].</returns>
    public Tensor Reduce(Tensor source) => _downsample.call(source);

    /// <summary>Computes the motion from driving pixels to source positions, and keeps every step on the way.</summary>
    /// <param name="reduced">Source frames of <see cref="Reduce"/>.</param>
    /// <param name="source">Regions of the source.</param>
    /// <param name="driving">The same regions where they are to be.</param>
    /// <param name="background">Motion of the background [N, 2, 3]; null: it stays.</param>
    public MotionSteps Explain(Tensor reduced, Regions source, Regions driving, Tensor? background)
    {
        using var scope = NewDisposeScope();
        long height = reduced.size(2), width = reduced.size(3);
        var heatmaps = Bumps(driving, height, width) - Bumps(source, height, width);
        heatmaps = cat([zeros_like(heatmaps.narrow(1, 0, 1)), heatmaps], 1);             // [N, K+1, h, w]
        var proposals = Proposals(source, driving, background, height, width);           // [N, K+1, h, w, 2]
        var warped = SparseMotion.Warp(reduced, proposals, _alignCorners);               // [N, K+1, 3, h, w]
        var features = _hourglass.call(cat([heatmaps.unsqueeze(2), warped], 2).flatten(1, 2));
        var mask = _mask.call(features).softmax(1);                                      // [N, K+1, h, w]
        var deformation = (mask.unsqueeze(-1) * proposals).sum([1]);                     // [N, h, w, 2]
        var field = new MotionField(deformation, _occlusion.call(features).sigmoid(), features);
        return new MotionSteps(heatmaps, proposals, warped, mask, field).MoveToOuterDisposeScope();
    }

    // exp(−½ (z − μ)ᵀ Σ⁻¹ (z − μ)): a bump of the shape of the region.
    private static Tensor Bumps(Regions regions, long height, long width)
    {
        var away = Away(regions.Shift, height, width);                                   // [N, K, h, w, 2]
        var inverse = PerPixel(TwoByTwo.Inverse(TwoByTwo.Steady(regions.Covariance)));
        var distance = (away.unsqueeze(-1) * inverse * away.unsqueeze(-2)).sum([-1, -2]);
        return (-0.5 * distance).exp();
    }

    // T_k(z) = μ_s + A_s A_d⁻¹ (z − μ_d); an axis has no direction, so the product may not turn the region over.
    private static Tensor Proposals(Regions source, Regions driving, Tensor? background, long height, long width)
    {
        var turn = FullPrecision.Product(source.Affine, TwoByTwo.Inverse(driving.Affine));
        var affine = PerPixel(TwoByTwo.Directed(turn, turn));
        var away = Away(driving.Shift, height, width);
        var moved = (affine * away.unsqueeze(-2)).sum([-1]) + source.Shift.unsqueeze(2).unsqueeze(2);
        var grid = CoordinateGrid.CreateLike(height, width, source.Shift);
        return cat([PlaneAffine.Apply(background, grid, moved.size(0)).unsqueeze(1), moved], 1);
    }

    private static Tensor Away(Tensor points, long height, long width) =>
        CoordinateGrid.CreateLike(height, width, points) - points.unsqueeze(2).unsqueeze(2);

    private static Tensor PerPixel(Tensor matrices) => matrices.unsqueeze(2).unsqueeze(2);
}
