using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Backward warping: the only place that samples images at computed positions.</summary>
/// <remarks>
/// <b>Choice:</b> every grid of this project has its ends at pixel centres, so it is sampled with
/// <c>alignCorners: true</c>; <c>false</c> imitates weights that were trained under the later PyTorch default.
/// </remarks>
public static class Warping
{
    /// <summary>Samples bilinearly: result(z) = input(deformation(z)).</summary>
    /// <param name="input">Images or features [N, C, H, W].</param>
    /// <param name="deformation">[N, h, w, 2], (x, y) in [-1, 1], float32 or float64.</param>
    /// <param name="alignCorners">Whether −1 and 1 are the centres (true) or the outer edges (false) of border pixels.</param>
    /// <param name="padding">What lies outside of the input.</param>
    /// <returns>[N, C, h, w] in the type of <paramref name="input"/>.</returns>
    /// <exception cref="NotFiniteNumberException">
    /// A place that is infinite or no number, on the CPU with a padding other than zeros. With zeros the result there is NaN or 0.
    /// </exception>
    public static Tensor Sample(
        Tensor input, Tensor deformation, bool alignCorners, GridSamplePaddingMode padding = GridSamplePaddingMode.Zeros)
    {
        TensorGuard.Shape(input, nameof(input), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(deformation, nameof(deformation), input.size(0), TensorGuard.Any, TensorGuard.Any, 2);
        // Outside of zeros, libtorch's gradient on the CPU reads beyond the input where a place is no number.
        if (padding != GridSamplePaddingMode.Zeros && deformation.device_type == DeviceType.CPU)
            TensorGuard.Finite(deformation, nameof(deformation));
        if (input.dtype == deformation.dtype)
            return nn.functional.grid_sample(input, deformation, GridSampleMode.Bilinear, padding, alignCorners);
        // Positions keep their precision: a half-precision input is widened for the sampling instead.
        using var scope = NewDisposeScope();
        var widened = input.to(deformation.dtype);
        return nn.functional.grid_sample(widened, deformation, GridSampleMode.Bilinear, padding, alignCorners)
            .to(input.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Samples volumes trilinearly: result(z) = input(deformation(z)); zeros lie outside.</summary>
    /// <param name="input">[N, C, D, H, W].</param>
    /// <param name="deformation">[N, d, h, w, 3], (x, y, z) in [-1, 1].</param>
    /// <param name="alignCorners">Whether −1 and 1 are the centres (true) or the outer faces (false) of border voxels.</param>
    /// <returns>[N, C, d, h, w].</returns>
    internal static Tensor SampleVolume(Tensor input, Tensor deformation, bool alignCorners) =>
        nn.functional.grid_sample(input, deformation, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, alignCorners);

    /// <summary>Warps features and keeps the unwarped ones where the source is occluded: f^w = W(f, w)·o + (1 − o)·f.</summary>
    /// <param name="features">Source features [N, C, H, W].</param>
    /// <param name="motion">Motion; resized when its maps are of another size.</param>
    /// <param name="alignCorners">Convention of the deformation, see <see cref="Sample"/>.</param>
    /// <returns>Features [N, C, H, W].</returns>
    /// <remarks><b>Paper:</b> PECHead, Sec. 3.2.</remarks>
    public static Tensor Blend(Tensor features, MotionField motion, bool alignCorners)
    {
        TensorGuard.Shape(features, nameof(features), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        ArgumentNullException.ThrowIfNull(motion);
        TensorGuard.Shape(motion.Deformation, nameof(motion), features.size(0), TensorGuard.Some, TensorGuard.Some, 2);
        TensorGuard.Shape(motion.Occlusion, nameof(motion), features.size(0), 1, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        long height = features.size(2), width = features.size(3);
        var deformation = ResizeDeformation(motion.Deformation, height, width);
        var occlusion = ResizeMap(motion.Occlusion, height, width).to(features.dtype);
        var warped = Sample(features, deformation, alignCorners);
        return (features + (warped - features) * occlusion).MoveToOuterDisposeScope();
    }

    /// <summary>Interpolates a deformation to another resolution; the identity stays the identity.</summary>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>[N, height, width, 2].</returns>
    public static Tensor ResizeDeformation(Tensor deformation, long height, long width)
    {
        TensorGuard.Shape(deformation, nameof(deformation), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, 2);
        RequireSize(height, width);
        if (deformation.size(1) == height && deformation.size(2) == width)
            return deformation.alias();
        using var scope = NewDisposeScope();
        return ResizeMap(deformation.permute(0, 3, 1, 2), height, width).permute(0, 2, 3, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Turns optical flow into a deformation of another resolution.</summary>
    /// <param name="flow">[N, H, W, 2], (x, y) in pixels of H × W: how far away each pixel's place in the other frame is.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>[N, height, width, 2], (x, y) in [-1, 1]; beyond where the flow leaves the frame.</returns>
    public static Tensor FlowDeformation(Tensor flow, long height, long width)
    {
        TensorGuard.Shape(flow, nameof(flow), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, 2);
        RequireSize(height, width);
        using var scope = NewDisposeScope();
        var grid = CoordinateGrid.CreateLike(flow.size(1), flow.size(2), flow);
        // Ends at pixel centres: H - 1 steps from -1 to 1.
        var displacement = stack([flow.select(-1, 0) * (2.0 / (flow.size(2) - 1)), flow.select(-1, 1) * (2.0 / (flow.size(1) - 1))], -1);
        return ResizeDeformation(grid + displacement, height, width).MoveToOuterDisposeScope();
    }

    /// <summary>Interpolates maps bilinearly, border centres onto border centres.</summary>
    /// <param name="map">[N, C, h, w].</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>[N, C, height, width].</returns>
    public static Tensor ResizeMap(Tensor map, long height, long width)
    {
        TensorGuard.Shape(map, nameof(map), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        RequireSize(height, width);
        return map.size(2) == height && map.size(3) == width
            ? map.alias()
            : nn.functional.interpolate(map, [height, width], mode: InterpolationMode.Bilinear, align_corners: true);
    }

    internal static void RequireSize(long height, long width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
    }
}
