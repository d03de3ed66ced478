using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Resizing with the ends at the outer edges of the border pixels, as the published code of several baselines does whatever it samples with.</summary>
internal static class EdgeResize
{
    /// <summary>Interpolates maps bilinearly.</summary>
    /// <param name="map">[N, C, h, w].</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    public static Tensor Map(Tensor map, long height, long width) => map.size(2) == height && map.size(3) == width
        ? map.alias()
        : nn.functional.interpolate(map, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>Warps features by a deformation of another size.</summary>
    /// <param name="features">[N, C, H, W].</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <param name="alignCorners">See <see cref="Warping.Sample"/>.</param>
    public static Tensor Warp(Tensor features, Tensor deformation, bool alignCorners)
    {
        using var scope = NewDisposeScope();
        var resized = Map(deformation.permute(0, 3, 1, 2), features.size(2), features.size(3)).permute(0, 2, 3, 1);
        return Warping.Sample(features, resized, alignCorners).MoveToOuterDisposeScope();
    }

    /// <summary>Warps features by a motion of another size, and hides what is occluded.</summary>
    /// <param name="features">[N, C, H, W].</param>
    /// <param name="motion">Motion from driving pixels to source positions.</param>
    /// <param name="alignCorners">See <see cref="Warping.Sample"/>.</param>
    public static Tensor Show(Tensor features, MotionField motion, bool alignCorners)
    {
        using var scope = NewDisposeScope();
        return (Warp(features, motion.Deformation, alignCorners) * Map(motion.Occlusion, features.size(2), features.size(3))).MoveToOuterDisposeScope();
    }
}
