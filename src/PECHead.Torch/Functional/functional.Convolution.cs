using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
                => Aten.conv2d.Call(input, weight, bias, OrDefault(strides), OrDefault(padding), OrDefault(dilation), groups);

            public static Tensor conv3d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
                => Aten.conv3d.Call(input, weight, bias, OrDefault(strides), OrDefault(padding), OrDefault(dilation), groups);

            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? output_padding = null,
                long[]? dilation = null, long groups = 1)
                => Aten.conv_transpose2d.Call(
                    input, weight, bias, OrDefault(strides), OrDefault(padding), OrDefault(output_padding), groups, OrDefault(dilation));

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Aten.linear.Call(input, weights, bias);

            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => Aten.avg_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding, ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null)
                => Aten.avg_pool2d.Call(
                    input, List(kernel_size), List(stride ?? kernel_size), List(padding ?? (0, 0)), ceil_mode, count_include_pad, divisor_override);

            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                => Aten.max_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding ?? 0, dilation ?? 1, ceil_mode);

            public static Tensor avg_pool3d(
                Tensor input, long[] kernel_size, long[] stride = null!, long[] padding = null!, bool ceil_mode = false, bool count_include_pad = true,
                long? divisor_override = null)
                => Aten.avg_pool3d.Call(input, kernel_size, OrDefault(stride), OrDefault(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor max_pool3d(
                Tensor input, long[] kernel_size, long[] strides = null!, long[] padding = null!, long[] dilation = null!, bool ceil_mode = false)
                => Aten.max_pool3d.Call(input, kernel_size, OrDefault(strides), OrDefault(padding), OrDefault(dilation), ceil_mode);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => Aten.adaptive_avg_pool2d.Call(input, output_size);

            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1)
                => Aten.im2col.Call(input, kernel_size, dilation, padding, stride);

            private static Argument OrDefault(long[]? list) => list is null ? Argument.Default : list;

            private static long[] List((long, long) pair) => [pair.Item1, pair.Item2];
        }
    }
}
