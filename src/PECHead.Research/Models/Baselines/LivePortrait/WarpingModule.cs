using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>Moves a volume of features by keypoints and lays it flat: the middle of One-Shot Free-View as a network of its own.</summary>
internal sealed class WarpingModule : nn.Module
{
    [ComponentName(Name = "dense_motion_network")] private readonly VolumeMotion _motion;
    [ComponentName(Name = "third")] private readonly LeakyBlock _third;
    [ComponentName(Name = "fourth")] private readonly Conv2d _fourth;
    private readonly bool _alignCorners;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public WarpingModule(LivePortraitConfig config) : base(nameof(WarpingModule))
    {
        var (flat, width) = ((long)config.VolumeChannels * config.VolumeDepth, (long)config.BaseChannels << FreeViewConfig.DownBlocks);
        _alignCorners = config.AlignCorners;
        _motion = new VolumeMotion(config.Volume());
        _third = new LeakyBlock(flat, width);
        _fourth = nn.Conv2d(width, width, 1);
        RegisterComponents();
    }

    /// <summary>Finds the motion.</summary>
    public VolumeMotion Motion => _motion;

    /// <summary>Moves an encoded volume.</summary>
    /// <param name="volume">[N, C, D, h, w].</param>
    /// <param name="deformation">[N, D, h, w, 3].</param>
    public Tensor Move(Tensor volume, Tensor deformation) => Warping.SampleVolume(volume, deformation, _alignCorners);

    /// <summary>Lays a moved volume flat and hides what is occluded.</summary>
    /// <param name="moved">[N, C, D, h, w].</param>
    /// <param name="occlusion">[N, 1, h, w].</param>
    /// <returns>[N, C', h, w].</returns>
    public Tensor Flatten(Tensor moved, Tensor occlusion) => VolumePath.Flatten(_third, _fourth, moved, occlusion);
}
