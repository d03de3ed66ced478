using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Checks the arguments of a deformable convolution and reads its sizes off them.</summary>
internal static class DeformableGeometry
{
    // Keeps products of sizes far from overflow, pixel numbers within 32 bits, and positions exact in float32.
    private const long Largest = 1 << 20, LargestImage = 1 << 30;

    /// <summary>Reads the sizes off the tensors.</summary>
    /// <exception cref="ArgumentException">They do not fit each other.</exception>
    public static DeformableSizes Of(
        Tensor input, Tensor offset, Tensor weight, (long Y, long X) stride, (long Y, long X) padding, (long Y, long X) dilation)
    {
        TensorGuard.Shape(input, nameof(input), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any, TensorGuard.Any);
        TensorGuard.Shape(weight, nameof(weight), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any, TensorGuard.Any);
        TensorGuard.Shape(offset, nameof(offset), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any, TensorGuard.Any);
        CheckRange(stride, 1, nameof(stride));
        CheckRange(padding, 0, nameof(padding));
        CheckRange(dilation, 1, nameof(dilation));
        string shapes = $"input [{string.Join(", ", input.shape)}], weight [{string.Join(", ", weight.shape)}]";
        long channels = input.size(1), filter = weight.size(1), taps = weight.size(2) * weight.size(3);
        if (channels == 0 || input.size(2) == 0 || input.size(3) == 0 || weight.numel() == 0)
            throw new ArgumentException($"Empty maps or an empty weight: {shapes}.", nameof(input));
        if (channels % filter != 0 || weight.size(0) % (channels / filter) != 0)
            throw new ArgumentException($"The weight's channels form no groups of the input's: {shapes}.", nameof(weight));
        long offsetGroups = offset.size(1) / (2 * taps);
        if (offsetGroups == 0 || offset.size(1) != 2 * taps * offsetGroups || channels % offsetGroups != 0)
        {
            throw new ArgumentException(
                $"Offsets [{string.Join(", ", offset.shape)}] need 2·{taps} channels for each of a number of groups that divides {channels}: {shapes}.",
                nameof(offset));
        }
        var geometry = new DeformableSizes
        {
            Batch = input.size(0),
            Channels = channels,
            Height = input.size(2),
            Width = input.size(3),
            OutChannels = weight.size(0),
            KernelHeight = weight.size(2),
            KernelWidth = weight.size(3),
            Groups = channels / filter,
            OffsetGroups = offsetGroups,
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
        };
        if (geometry.Height > Largest || geometry.Width > Largest || geometry.Height * geometry.Width > LargestImage
            || geometry.KernelHeight > Largest || geometry.KernelWidth > Largest || geometry.OutHeight * geometry.OutWidth > LargestImage)
        {
            throw new ArgumentException($"Sides are limited to {Largest} and images to {LargestImage} pixels: {shapes}.", nameof(input));
        }
        if (geometry.OutHeight <= 0 || geometry.OutWidth <= 0)
            throw new ArgumentException($"The kernel does not fit into the padded input: {shapes}.", nameof(weight));
        TensorGuard.Shape(offset, nameof(offset), geometry.Batch, 2 * taps * offsetGroups, geometry.OutHeight, geometry.OutWidth);
        return geometry;
    }

    /// <summary>Floating types, one for what convolves, on one device.</summary>
    /// <exception cref="ArgumentException">Other types or devices.</exception>
    public static void CheckKinds(Tensor input, Tensor offset, Tensor weight, Tensor? bias, Tensor? mask)
    {
        Check(input, nameof(input));
        Check(offset, nameof(offset));
        Check(weight, nameof(weight));
        if (bias is not null) Check(bias, nameof(bias));
        if (mask is not null) Check(mask, nameof(mask));
        if (weight.dtype != input.dtype && Autocast.Type(input.device_type) is null)
            throw new ArgumentException($"The input is {input.dtype}, the weight {weight.dtype}; convert one of them.", nameof(weight));

        void Check(Tensor tensor, string name)
        {
            if (!tensor.is_floating_point())
                throw new ArgumentException($"Expected a floating type, received {tensor.dtype}.", name);
            if (tensor.device_type != input.device_type || tensor.device_index != input.device_index)
                throw new ArgumentException($"It is on {tensor.device}, the input on {input.device}.", name);
        }
    }

    private static void CheckRange((long Y, long X) value, long least, string name)
    {
        if (value.Y < least || value.X < least || value.Y > Largest || value.X > Largest)
            throw new ArgumentException($"({value.Y}, {value.X}) is not from {least} to {Largest}.", name);
    }
}
