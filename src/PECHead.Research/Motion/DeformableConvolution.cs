using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>
/// Deformable convolution: every tap of the kernel reads where an offset sends it, bilinearly, and may be weighted by a
/// mask. On the CPU a kernel of the project computes it; elsewhere it is composed of ordinary operations.
/// </summary>
/// <remarks>
/// <b>Paper:</b> Zhu et al., Deformable ConvNets v2 (CVPR 2019), eq. 1: y(p) = Σ_t w_t·x(p + r_t + Δ_t(p))·m_t(p); without
/// a mask it is version 1 (Dai et al., ICCV 2017). <b>Choice:</b> layout of offsets and masks as in torchvision's
/// <c>ops.deform_conv2d</c>, so that its weights fit.
/// </remarks>
public static class DeformableConvolution
{
    /// <summary>Convolves. The numbers of weight and offset groups follow from the shapes.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="offset">
    /// [N, 2·G·kh·kw, H', W'] in pixels of the input: for each of the G offset groups and each tap in reading order first
    /// dy, then dx. A group is C/G neighbouring channels. Positions outside of the input read 0.
    /// </param>
    /// <param name="weight">[O, C/groups, kh, kw].</param>
    /// <param name="bias">[O] or none.</param>
    /// <param name="stride">Pixels of the input from one output to the next (vertical, horizontal), at least 1; absent: 1.</param>
    /// <param name="padding">Zeros around the input, at least 0; absent: 0.</param>
    /// <param name="dilation">Pixels from one tap to the next, at least 1; absent: 1.</param>
    /// <param name="mask">[N, G·kh·kw, H', W'], the weight of each sample, or none.</param>
    /// <returns>
    /// [N, O, H', W'] in the type of the input, channels last where the input is. In a region of mixed precision input, weight and
    /// bias are cast as for a convolution; offsets and mask keep their precision.
    /// </returns>
    /// <remarks>
    /// On the CPU it gives the same bits on any number of threads. A position that is no number gives results that are none.
    /// A second derivative is refused when it is asked for: the samplers of libtorch have none.
    /// </remarks>
    /// <exception cref="ArgumentException">Shapes, types, devices or numbers that do not fit; the message shows them.</exception>
    public static Tensor Apply(
        Tensor input, Tensor offset, Tensor weight, Tensor? bias = null, (long Y, long X)? stride = null,
        (long Y, long X)? padding = null, (long Y, long X)? dilation = null, Tensor? mask = null)
    {
        var geometry = DeformableGeometry.Of(input, offset, weight, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1));
        TensorGuard.Mixes(weight, nameof(weight), input, nameof(input));
        if (bias is not null)
        {
            TensorGuard.Shape(bias, nameof(bias), geometry.OutChannels);
            TensorGuard.Mixes(bias, nameof(bias), input, nameof(input));
        }
        if (mask is not null)
            TensorGuard.Shape(mask, nameof(mask), geometry.Batch, geometry.OffsetGroups * geometry.Taps, geometry.OutHeight, geometry.OutWidth);
        DeformableGeometry.CheckKinds(input, offset, weight, bias, mask);
        if (input.device_type != DeviceType.CPU)
            return Compose(input, offset, weight, bias, mask, geometry);
        using var scope = NewDisposeScope();
        if (Autocast.Type(DeviceType.CPU) is { } type)
            (input, weight, bias) = (input.to(type), weight.to(type), bias?.to(type));
        return DeformableFunction.Convolve(geometry, input, weight, offset, mask, bias, ComposeAgain).MoveToOuterDisposeScope();

        Tensor ComposeAgain(Tensor input, Tensor offset, Tensor weight, Tensor? bias, Tensor? mask)
            => Compose(input, offset, weight, bias, mask, geometry);
    }

    /// <summary>The same of ordinary operations: sampling at all taps, then a product with the weight.</summary>
    /// <remarks>It keeps kh·kw copies of the input.</remarks>
    internal static Tensor Compose(
        Tensor input, Tensor offset, Tensor weight, Tensor? bias, Tensor? mask, DeformableSizes geometry)
    {
        var (n, groups, taps) = (geometry.Batch, geometry.OffsetGroups, geometry.Taps);
        if (n == 0)
            return ComposeEmpty(input, offset, weight, bias, mask, geometry);
        using var scope = NewDisposeScope();
        // One pixel of zeros around: the same values, and a map of one row still has a scale for its coordinates.
        var maps = nn.functional.pad(input, [1, 1, 1, 1]).reshape(n * groups, -1, geometry.Height + 2, geometry.Width + 2);
        var columns = Warping.Sample(maps, Positions(offset, geometry), alignCorners: true);     // [N·G, C/G, T·H', W']
        if (mask is not null)
            columns = columns * mask.reshape(n * groups, 1, taps * geometry.OutHeight, geometry.OutWidth).to(columns.dtype);
        columns = columns.reshape(n, geometry.Channels * taps, geometry.OutHeight, geometry.OutWidth);
        return nn.functional.conv2d(columns, weight.reshape(geometry.OutChannels, -1, 1, 1), bias, groups: geometry.Groups)
            .MoveToOuterDisposeScope();
    }

    // The samplers of libtorch refuse an empty batch; the graph to every argument stays, so that gradients are zeros.
    private static Tensor ComposeEmpty(
        Tensor input, Tensor offset, Tensor weight, Tensor? bias, Tensor? mask, DeformableSizes geometry)
    {
        using var scope = NewDisposeScope();
        var nothing = input.sum() + offset.sum().to(input.dtype) + weight.sum() * 0;
        if (bias is not null)
            nothing = nothing + bias.sum() * 0;
        if (mask is not null)
            nothing = nothing + mask.sum().to(input.dtype);
        return nothing.expand(0, geometry.OutChannels, geometry.OutHeight, geometry.OutWidth).MoveToOuterDisposeScope();
    }

    /// <summary>Where every tap samples, as a deformation of the padded input: [N·G, T·H', W', 2], (x, y) in [-1, 1].</summary>
    private static Tensor Positions(Tensor offset, DeformableSizes geometry)
    {
        using var scope = NewDisposeScope();
        var type = offset.dtype is ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var moved = offset.to(type).reshape(-1, geometry.Taps, 2, geometry.OutHeight, geometry.OutWidth);
        var tap = arange(geometry.Taps, type, offset.device).reshape(1, -1, 1, 1);
        var tapRow = (tap / geometry.KernelWidth).floor();
        var tapColumn = tap - tapRow * geometry.KernelWidth;
        var y = Axis(geometry.OutHeight, geometry.Stride.Y, geometry.Padding.Y).reshape(1, 1, -1, 1)
            + tapRow * geometry.Dilation.Y + moved.select(2, 0);
        var x = Axis(geometry.OutWidth, geometry.Stride.X, geometry.Padding.X).reshape(1, 1, 1, -1)
            + tapColumn * geometry.Dilation.X + moved.select(2, 1);
        return stack([Normalised(x, geometry.Width), Normalised(y, geometry.Height)], -1)
            .reshape(moved.size(0), geometry.Taps * geometry.OutHeight, geometry.OutWidth, 2).MoveToOuterDisposeScope();

        Tensor Axis(long count, long stride, long padding) => arange(count, type, offset.device) * stride - padding;

        // Far outside is as good as just outside, and has numbers that samplers can hold. On a pixel the slope is the one
        // towards the next pixel; rounding must not push the position below it, so it is pushed above.
        Tensor Normalised(Tensor position, long size)
        {
            double above = type == ScalarType.Float64 ? 1e-15 : 5e-7;
            return (position.clamp(-2, size + 1) + 1) * (2.0 / (size + 1)) - (1 - above);
        }
    }
}
