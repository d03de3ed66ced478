using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Turns two sets of points into dense motion and an occlusion map of every size.</summary>
/// <remarks><b>Paper:</b> Thin-Plate Spline Motion Model, Sec. 3.2 and 3.4.</remarks>
internal sealed class SplineMotion : nn.Module
{
    private const int HeadSize = 7;
    private const double HeatmapVariance = 0.01;
    private const double LeastShare = 1e-6;

    [ComponentName(Name = "down")] private readonly AntiAliasDownsample _downsample;
    [ComponentName(Name = "hourglass")] private readonly Hourglass _hourglass;
    [ComponentName(Name = "maps")] private readonly Conv2d _maps;
    [ComponentName(Name = "up")] private readonly ModuleList<NormalizedBlock> _up;
    [ComponentName(Name = "occlusion")] private readonly ModuleList<Conv2d> _occlusion;
    private readonly int _splines;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public SplineMotion(SplineConfig config) : base(nameof(SplineMotion))
    {
        static Conv2d Head(long inChannels, long outChannels) => nn.Conv2d(inChannels, outChannels, HeadSize, padding: HeadSize / 2);

        _splines = config.SplineCount;
        _downsample = new AntiAliasDownsample(3, config.Reduction);
        _hourglass = new Hourglass(
            (3L * (_splines + 1)) + config.PointCount + 1, config.MotionExpansion, config.MaxChannels, config.Depth, InstanceBlock.Down, InstanceBlock.Up);
        long channels = _hourglass.OutChannels;
        _maps = Head(channels, _splines + 1);
        _up = new ModuleList<NormalizedBlock>(InstanceBlock.Up(channels, channels / 2), InstanceBlock.Up(channels / 2, channels / 4));
        _occlusion = new ModuleList<Conv2d>(Head(_hourglass.HalfChannels, 1), Head(channels, 1), Head(channels / 2, 1), Head(channels / 4, 1));
        RegisterComponents();
    }

    /// <summary>Reduces source frames to the resolution of the motion: needed once per source.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, 3, h, w].</returns>
    public Tensor Reduce(Tensor source) => _downsample.call(source);

    /// <summary>Computes the motion from driving pixels to source positions, and keeps every step on the way.</summary>
    /// <param name="reduced">Source frames of <see cref="Reduce"/>.</param>
    /// <param name="source">Points of the source.</param>
    /// <param name="driving">The same points where they are to be.</param>
    /// <param name="background">Motion of the background [N, 2, 3]; null: it stays.</param>
    /// <param name="kept">Which splines count, [N, K+1] of 0 and 1, the background first; null: all.</param>
    public SplineSteps Explain(Tensor reduced, SplineKeypoints source, SplineKeypoints driving, Tensor? background, Tensor? kept = null)
    {
        using var scope = NewDisposeScope();
        long n = reduced.size(0), height = reduced.size(2), width = reduced.size(3);
        var heatmaps = GaussianHeatmap.Difference(new Keypoints(source.Positions), new Keypoints(driving.Positions), height, width, HeatmapVariance);
        var grid = CoordinateGrid.CreateLike(height, width, reduced);
        var moved = PlaneSplines.Fit(Grouped(driving), Grouped(source)).Apply(grid);      // [N, K, h, w, 2]
        var proposals = cat([PlaneAffine.Apply(background, grid, n).unsqueeze(1), moved], 1);
        var warped = SparseMotion.Warp(reduced, proposals, alignCorners: true);           // [N, K+1, 3, h, w]
        var features = _hourglass.Steps(cat([heatmaps, warped.flatten(1, 2)], 1));
        var mask = Mask(_maps.call(features[^1]), kept);                                 // [N, K+1, h, w]
        var deformation = (mask.unsqueeze(-1) * proposals).sum([1]);                     // [N, h, w, 2]
        var occlusions = Occlusions(features);
        var field = new MotionField(deformation, occlusions[1], features[^1]);
        return new SplineSteps(new MotionSteps(heatmaps, proposals, warped, mask, field), occlusions).MoveToOuterDisposeScope();
    }

    /// <summary>The points of each spline: [N, 5K, 2] to [N, K, 5, 2].</summary>
    /// <param name="points">Points of all splines.</param>
    public Tensor Grouped(SplineKeypoints points) => points.Positions.reshape(points.Positions.size(0), _splines, SplineConfig.PointsPerSpline, 2);

    // Sec. 3.3: splines that are dropped have no share.
    private static Tensor Mask(Tensor logits, Tensor? kept)
    {
        if (kept is null) return logits.softmax(1);
        var shares = (logits - logits.amax([1], keepdim: true)).exp() * kept.unsqueeze(-1).unsqueeze(-1);
        return shares / (shares.sum([1], keepdim: true) + LeastShare);
    }

    private List<Tensor> Occlusions(IReadOnlyList<Tensor> features)
    {
        var twice = _up[0].call(features[^1]);
        Tensor[] from = [features[^2], features[^1], twice, _up[1].call(twice)];
        return [.. from.Zip(_occlusion, (map, head) => head.call(map).sigmoid())];
    }
}

/// <summary>The steps of a <see cref="SplineMotion"/>.</summary>
/// <param name="Steps">All up to the deformation, with the occlusion of its size.</param>
/// <param name="Occlusions">Maps [N, 1, h, w] in (0, 1): of half the size of the deformation, its size, twice and four times that.</param>
internal sealed record SplineSteps(MotionSteps Steps, IReadOnlyList<Tensor> Occlusions) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. Steps.Tensors, .. Occlusions];
}
