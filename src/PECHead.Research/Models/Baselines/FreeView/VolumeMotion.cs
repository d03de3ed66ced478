using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Turns two sets of keypoints in space into dense motion of a volume and an occlusion map of the picture.</summary>
/// <remarks><b>Paper:</b> One-Shot Free-View, Sec. 3.2. <b>Deviation:</b> as in the public weights a keypoint proposes its shift alone; the paper turns it too.</remarks>
internal sealed class VolumeMotion : nn.Module
{
    private const int HeadSize = 7;
    private const double HeatmapVariance = 0.01;

    [ComponentName(Name = "hourglass")] private readonly VolumeHourglass _hourglass;
    [ComponentName(Name = "mask")] private readonly VolumeConv _mask;
    [ComponentName(Name = "compress")] private readonly VolumeConv _compress;
    [ComponentName(Name = "norm")] private readonly BatchNorm3d _norm;
    [ComponentName(Name = "occlusion")] private readonly Conv2d _occlusion;
    private readonly bool _alignCorners;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public VolumeMotion(FreeViewConfig config) : base(nameof(VolumeMotion))
    {
        int proposals = config.KeypointCount + 1;
        _alignCorners = config.AlignCorners;
        _hourglass = new VolumeHourglass((long)proposals * (config.CompressedChannels + 1), config.MotionExpansion, config.MaxChannels, config.Depth);
        _mask = new VolumeConv(_hourglass.OutChannels, proposals, HeadSize);
        _compress = new VolumeConv(config.VolumeChannels, config.CompressedChannels, 1);
        _norm = nn.BatchNorm3d(config.CompressedChannels);
        _occlusion = nn.Conv2d(_hourglass.OutChannels * config.VolumeDepth, 1, HeadSize, padding: HeadSize / 2);
        RegisterComponents();
    }

    /// <summary>What the motion network sees of a volume, before the ReLU: needed once per source.</summary>
    /// <param name="volume">[N, C, D, h, w].</param>
    /// <returns>[N, c, D, h, w].</returns>
    public Tensor Compress(Tensor volume)
    {
        using var scope = NewDisposeScope();
        return _norm.call(_compress.call(volume)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the motion from driving voxels to source positions, and keeps every step on the way.</summary>
    /// <param name="compressed">What <see cref="Compress"/> gave for the source.</param>
    /// <param name="source">Keypoints of the source.</param>
    /// <param name="driving">The same keypoints where they are to be.</param>
    public VolumeSteps Explain(Tensor compressed, SpatialKeypoints source, SpatialKeypoints driving)
    {
        using var scope = NewDisposeScope();
        long n = compressed.size(0), channels = compressed.size(1), depth = compressed.size(2), height = compressed.size(3), width = compressed.size(4);
        var grid = VolumeGrid.CreateLike(depth, height, width, source.Positions);
        var shift = (source.Positions - driving.Positions).reshape(n, -1, 1, 1, 1, 3);
        var proposals = cat([grid.expand(n, 1, depth, height, width, 3), grid + shift], 1);                 // [N, K+1, D, h, w, 3]
        var bumps = VolumeGrid.Bumps(driving.Positions, grid, HeatmapVariance) - VolumeGrid.Bumps(source.Positions, grid, HeatmapVariance);
        var heatmaps = cat([zeros_like(bumps.narrow(1, 0, 1)), bumps], 1).unsqueeze(2);                     // [N, K+1, 1, D, h, w]
        long count = proposals.size(1);
        var copies = compressed.relu().unsqueeze(1).expand(n, count, channels, depth, height, width).reshape(n * count, channels, depth, height, width);
        var warped = Warping.SampleVolume(copies, proposals.flatten(0, 1), _alignCorners).reshape(n, count, channels, depth, height, width);
        var features = _hourglass.call(cat([heatmaps, warped], 2).flatten(1, 2));
        var mask = _mask.call(features).softmax(1);                                                         // [N, K+1, D, h, w]
        var deformation = (mask.unsqueeze(-1) * proposals).sum([1]);                                        // [N, D, h, w, 3]
        var occlusion = _occlusion.call(features.flatten(1, 2)).sigmoid();                                  // [N, 1, h, w]
        return new VolumeSteps(heatmaps, proposals, warped, features, mask, deformation, occlusion).MoveToOuterDisposeScope();
    }
}

/// <summary>The steps of a <see cref="VolumeMotion"/>; the first of K + 1 proposals is the background, which stays.</summary>
/// <param name="Heatmaps">[N, K+1, 1, D, h, w].</param>
/// <param name="Proposals">[N, K+1, D, h, w, 3], (x, y, z) in [-1, 1].</param>
/// <param name="Warped">The compressed volume moved by each proposal, [N, K+1, c, D, h, w].</param>
/// <param name="Features">Of the hourglass, [N, C, D, h, w].</param>
/// <param name="Mask">[N, K+1, D, h, w]; sums to 1 over the proposals.</param>
/// <param name="Deformation">[N, D, h, w, 3]: the position in the source that each driving voxel shows.</param>
/// <param name="Occlusion">[N, 1, h, w] in (0, 1).</param>
internal sealed record VolumeSteps(Tensor Heatmaps, Tensor Proposals, Tensor Warped, Tensor Features, Tensor Mask, Tensor Deformation, Tensor Occlusion) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Heatmaps, Proposals, Warped, Features, Mask, Deformation, Occlusion];
}
