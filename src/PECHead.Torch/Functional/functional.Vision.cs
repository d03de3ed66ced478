
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Samples <c>[N, C, H, W]</c> at a grid <c>[N, h, w, 2]</c> of (x, y) in [-1, 1].</summary>
            public static Tensor grid_sample(
                Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                var interpolation = mode == GridSampleMode.Nearest ? 1L : 0L;
                var padding = padding_mode switch
                {
                    GridSamplePaddingMode.Border => 1L,
                    GridSamplePaddingMode.Reflection => 2L,
                    _ => 0L,
                };
                return Aten.grid_sampler.Call(input, grid, interpolation, padding, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false)
                => Aten.affine_grid_generator.Call(theta, size, align_corners);

            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                ArgumentNullException.ThrowIfNull(x);
                if ((size is null) == (scale_factor is null)) throw new ArgumentException("interpolate takes either size or scale_factor");
                var spatial = x.ndim - 2;
                if ((size?.Length ?? scale_factor!.Length) != spatial)
                {
                    throw new ArgumentException($"interpolate of {x} takes {spatial} sizes or scales, not {size?.Length ?? scale_factor!.Length}");
                }
                if (recompute_scale_factor && scale_factor is not null)
                {
                    size = Scaled(x, scale_factor);
                    scale_factor = null;
                }
                var aligned = align_corners ?? false;
                return (mode, spatial + 2, antialias) switch
                {
                    (InterpolationMode.Nearest, 4, false) => Aten.upsample_nearest2d.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 3, false) => Aten.upsample_nearest1d.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 5, false) => Aten.upsample_nearest3d.Call(x, size, scale_factor),
                    (InterpolationMode.Bilinear, 4, false) => Aten.upsample_bilinear2d.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bicubic, 4, false) => Aten.upsample_bicubic2d.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Linear, 3, false) => Aten.upsample_linear1d.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Trilinear, 5, false) => Aten.upsample_trilinear3d.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bilinear, 4, true) => Aten.bilinear_antialias.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bicubic, 4, true) => Aten.bicubic_antialias.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Area, 4, false) => Aten.adaptive_avg_pool2d.Call(x, size ?? Scaled(x, scale_factor!)),
                    _ => throw new NotSupportedException($"interpolate: {mode}{(antialias ? " with antialias" : "")} of {x.ndim} dimensions"),
                };
            }

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                => functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                => functional.pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                ArgumentNullException.ThrowIfNull(pad);
                return (mode, pad.Length) switch
                {
                    (PaddingModes.Constant or PaddingModes.Zeros, _) => Aten.constant_pad_nd.Call(input, pad, value),
                    (PaddingModes.Reflect, 2) => Aten.reflection_pad1d.Call(input, pad),
                    (PaddingModes.Reflect, 4) => Aten.reflection_pad2d.Call(input, pad),
                    (PaddingModes.Replicate, 2) => Aten.replication_pad1d.Call(input, pad),
                    (PaddingModes.Replicate, 4) => Aten.replication_pad2d.Call(input, pad),
                    _ => throw new NotSupportedException($"pad: {mode} of {pad.Length / 2} dimensions"),
                };
            }

            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Aten.pixel_shuffle.Call(input, upscale_factor);

            private static long[] Scaled(Tensor x, double[] scales)
                => [.. scales.Select((scale, d) => (long)Math.Floor(x.shape[d + 2] * scale))];
        }
    }
}
