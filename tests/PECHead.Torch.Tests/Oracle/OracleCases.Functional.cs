using TorchSharp;
using static PECHead.Torch.Tests.Oracle.Draw;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace PECHead.Torch.Tests.Oracle;

internal static partial class OracleCases
{
    private static void Activations(OracleTable table)
    {
        table.Many("(F.relu(a), F.relu(a.clone(), inplace=True), F.leaky_relu(a, 0.2), F.leaky_relu(a.clone(), inplace=True), F.leaky_relu(a, 0.3), F.softplus(a), F.softplus(a, 2, 1), torch.sigmoid(a), torch.tanh(a), torch.tanh(a))",
            a => [F.relu(a), F.relu(a.clone(), inplace: true), F.leaky_relu(a, 0.2), F.leaky_relu(a.clone(), inplace: true), a.leaky_relu(0.3), F.softplus(a), F.softplus(a, 2, 1), F.sigmoid(a), F.tanh(a), F.tanh(a.clone(), inplace: true)],
            Real(4, 5));
        table.One("F.prelu(a, b)", (a, b) => F.prelu(a, b), Real(2, 3, 4), Real(3));
        table.Many("(F.softmax(a, 1), a.softmax(0), torch.softmax(a, 1), a.softmax(1, dtype=torch.float64), a.log_softmax(1))",
            a => [F.softmax(a, 1), a.softmax(0), softmax(a, 1), a.softmax(1, ScalarType.Float64), a.log_softmax(1)], Real(4, 5));
        table.Many("(F.normalize(a), F.normalize(a, p=1, dim=0), F.normalize(a * 0, eps=0.5))",
            a => [F.normalize(a), F.normalize(a, p: 1, dim: 0), F.normalize(a * 0, eps: 0.5)], Real(4, 5));
    }

    private static void Convolutions(OracleTable table)
    {
        table.One("F.conv2d(a, b, c)", (a, b, c) => F.conv2d(a, b, c), Real(2, 3, 8, 7), Real(4, 3, 3, 3), Real(4));
        table.One("F.conv2d(a, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2))", (a, b) => F.conv2d(a, b, null, [2, 1], [1, 2], [1, 2]), Real(2, 3, 8, 9), Real(4, 3, 3, 3));
        table.One("F.conv2d(a, b, c, padding=1, groups=2)", (a, b, c) => F.conv2d(a, b, c, padding: [1, 1], groups: 2), Real(2, 4, 6, 6), Real(6, 2, 3, 3), Real(6));
        table.One("F.conv2d(a, b, c, padding=3) * 1", (a, b, c) => F.conv2d(a, b, c, padding: [3, 3]), Real(1, 3, 24, 24), Real(16, 3, 7, 7), Real(16));
        table.One("F.conv2d(a, b, c, padding=1)  # channels last", (a, b, c) =>
            F.conv2d(Acceleration.MemoryFormat.ChannelsLast(a), Acceleration.MemoryFormat.ChannelsLast(b), c, padding: [1, 1]),
            Real(2, 8, 12, 12), Real(8, 8, 3, 3), Real(8));
        table.One("F.conv_transpose2d(a, b, c, stride=2, padding=1, output_padding=1)", (a, b, c) => F.conv_transpose2d(a, b, c, [2, 2], [1, 1], [1, 1]), Real(2, 4, 5, 5), Real(4, 3, 3, 3), Real(3));
        table.One("F.conv_transpose2d(a, b, groups=2, dilation=2)", (a, b) => F.conv_transpose2d(a, b, dilation: [2, 2], groups: 2), Real(1, 4, 5, 5), Real(4, 3, 3, 3));
        table.One("F.linear(a, b, c)", (a, b, c) => F.linear(a, b, c), Real(2, 3, 4), Real(5, 4), Real(5));
        table.One("F.linear(a, b)", (a, b) => F.linear(a, b), Real(3, 4), Real(5, 4));
        table.Many("(F.avg_pool2d(a, 2), F.avg_pool2d(a, 3, 2, 1, count_include_pad=False), F.avg_pool2d(a, 3, 2, ceil_mode=True), F.avg_pool2d(a, 2, divisor_override=3), F.avg_pool2d(a, (2, 3), (1, 2), (1, 0)), F.avg_pool2d(a, (3, 2)))",
            a => [F.avg_pool2d(a, 2), F.avg_pool2d(a, 3, 2, 1, count_include_pad: false), F.avg_pool2d(a, 3, 2, ceil_mode: true), F.avg_pool2d(a, 2, divisor_override: 3), F.avg_pool2d(a, (2, 3), (1, 2), (1, 0)), F.avg_pool2d(a, (3, 2))],
            Real(2, 3, 8, 8));
        table.Many("(F.max_pool2d(a, 2), F.max_pool2d(a, 3, 2, 1), F.max_pool2d(a, 2, 1, 0, 2), F.max_pool2d(a, 3, 2, ceil_mode=True))",
            a => [F.max_pool2d(a, 2), F.max_pool2d(a, 3, 2, 1), F.max_pool2d(a, 2, 1, 0, 2), F.max_pool2d(a, 3, 2, ceil_mode: true)], Real(2, 3, 8, 8));
        table.One("F.conv3d(a, b, c)", (a, b, c) => F.conv3d(a, b, c), Real(1, 2, 4, 5, 5), Real(3, 2, 2, 3, 3), Real(3));
        table.One("F.conv3d(a, b, stride=(2, 1, 2), padding=(1, 0, 2), groups=2)",
            (a, b) => F.conv3d(a, b, null, [2, 1, 2], [1, 0, 2], groups: 2), Real(1, 4, 4, 5, 5), Real(4, 2, 2, 3, 3));
        table.Many("(F.max_pool3d(a, 2), F.max_pool3d(a, (1, 3, 3), (1, 2, 2), (0, 1, 1), ceil_mode=True), F.avg_pool3d(a, (2, 3, 2), 1), F.avg_pool3d(a, 3, 2, 1, count_include_pad=False))",
            a => [F.max_pool3d(a, [2, 2, 2]), F.max_pool3d(a, [1, 3, 3], [1, 2, 2], [0, 1, 1], ceil_mode: true), F.avg_pool3d(a, [2, 3, 2], [1, 1, 1]), F.avg_pool3d(a, [3, 3, 3], [2, 2, 2], [1, 1, 1], count_include_pad: false)],
            Real(1, 2, 4, 6, 6));
        table.Many("(F.adaptive_avg_pool2d(a, 1), F.adaptive_avg_pool2d(a, 3), F.unfold(a, 3), F.unfold(a, 2, 2, 1, 2))",
            a => [F.adaptive_avg_pool2d(a, 1), F.adaptive_avg_pool2d(a, 3), F.unfold(a, 3), F.unfold(a, 2, 2, 1, 2)], Real(2, 3, 7, 8));
    }

    private static void Sampling(OracleTable table)
    {
        foreach (var (mode, torchMode) in new[] { ("bilinear", GridSampleMode.Bilinear), ("nearest", GridSampleMode.Nearest) })
        {
            foreach (var (padding, torchPadding) in new[] { ("zeros", GridSamplePaddingMode.Zeros), ("border", GridSamplePaddingMode.Border), ("reflection", GridSamplePaddingMode.Reflection) })
            {
                foreach (var (aligned, torchAligned) in new[] { ("True", true), ("False", false) })
                {
                    table.One($"F.grid_sample(a, b, mode='{mode}', padding_mode='{padding}', align_corners={aligned})",
                        (a, b) => F.grid_sample(a, b, torchMode, torchPadding, torchAligned), Real(2, 3, 6, 7), Real(2, 4, 5, 2));
                }
            }
        }
        table.One("F.grid_sample(a, b)", (a, b) => F.grid_sample(a, b), Real(2, 3, 6, 7), Unit(2, 4, 5, 2));
        table.One("F.grid_sample(a, b, align_corners=True)", (a, b) => F.grid_sample(a, b, align_corners: true), Real(2, 3, 4, 5, 6), Unit(2, 3, 3, 3, 3));
        table.Many("(F.affine_grid(a, (2, 3, 4, 5), align_corners=True), F.affine_grid(a, (2, 3, 4, 5)))",
            a => [F.affine_grid(a, [2, 3, 4, 5], align_corners: true), F.affine_grid(a, [2, 3, 4, 5])], Real(2, 2, 3));
        table.Many("(F.interpolate(a, scale_factor=2), F.interpolate(a, scale_factor=(0.5, 1.5)), F.interpolate(a, (3, 9)), F.interpolate(a, scale_factor=(1.7, 0.6), recompute_scale_factor=True))",
            a => [F.interpolate(a, scale_factor: [2, 2]), F.interpolate(a, scale_factor: [0.5, 1.5]), F.interpolate(a, [3, 9]), F.interpolate(a, scale_factor: [1.7, 0.6], recompute_scale_factor: true)],
            Real(2, 3, 6, 5));
        table.Many("(F.interpolate(a, scale_factor=2, mode='bilinear'), F.interpolate(a, (3, 9), mode='bilinear', align_corners=True), F.interpolate(a, scale_factor=(0.5, 1.3), mode='bilinear', align_corners=False), F.interpolate(a, scale_factor=(0.55, 1.3), mode='bilinear', recompute_scale_factor=True), F.interpolate(a, (9, 9), mode='bicubic'), F.interpolate(a, scale_factor=1.5, mode='bicubic', align_corners=True))",
            a => [F.interpolate(a, scale_factor: [2, 2], mode: InterpolationMode.Bilinear), F.interpolate(a, [3, 9], mode: InterpolationMode.Bilinear, align_corners: true),
                F.interpolate(a, scale_factor: [0.5, 1.3], mode: InterpolationMode.Bilinear, align_corners: false),
                F.interpolate(a, scale_factor: [0.55, 1.3], mode: InterpolationMode.Bilinear, recompute_scale_factor: true),
                F.interpolate(a, [9, 9], mode: InterpolationMode.Bicubic), F.interpolate(a, scale_factor: [1.5, 1.5], mode: InterpolationMode.Bicubic, align_corners: true)],
            Real(2, 3, 6, 5));
        table.Many("(F.interpolate(a, (3, 4), mode='bilinear', antialias=True), F.interpolate(a, scale_factor=(0.4, 0.7), mode='bilinear', antialias=True), F.interpolate(a, (3, 4), mode='bicubic', antialias=True, align_corners=False), F.interpolate(a, (4, 3), mode='area'), F.interpolate(a, scale_factor=0.5, mode='area'))",
            a => [F.interpolate(a, [3, 4], mode: InterpolationMode.Bilinear, antialias: true), F.interpolate(a, scale_factor: [0.4, 0.7], mode: InterpolationMode.Bilinear, antialias: true),
                F.interpolate(a, [3, 4], mode: InterpolationMode.Bicubic, align_corners: false, antialias: true), F.interpolate(a, [4, 3], mode: InterpolationMode.Area), F.interpolate(a, scale_factor: [0.5, 0.5], mode: InterpolationMode.Area)],
            Real(2, 3, 9, 8));
        table.Many("(F.interpolate(a, 7), F.interpolate(a, 7, mode='linear'), F.interpolate(a, scale_factor=2, mode='linear', align_corners=True))",
            a => [F.interpolate(a, [7]), F.interpolate(a, [7], mode: InterpolationMode.Linear), F.interpolate(a, scale_factor: [2], mode: InterpolationMode.Linear, align_corners: true)], Real(2, 3, 5));
        table.Many("(F.interpolate(a, (4, 5, 2)), F.interpolate(a, scale_factor=2, mode='trilinear'), F.interpolate(a, (4, 5, 2), mode='trilinear', align_corners=True))",
            a => [F.interpolate(a, [4, 5, 2]), F.interpolate(a, scale_factor: [2, 2, 2], mode: InterpolationMode.Trilinear), F.interpolate(a, [4, 5, 2], mode: InterpolationMode.Trilinear, align_corners: true)], Real(1, 2, 3, 4, 3));
        table.Many("(F.pad(a, (1, 2, 3, 0)), F.pad(a, (1, 2), value=5), F.pad(a, (-1, 1, 0, -2)), F.pad(a, (1, 2, 0, 3), mode='reflect'), F.pad(a, (1, 2, 0, 3), mode='replicate'), F.pad(a[0], (1, 2), mode='reflect'), F.pad(a[0], (1, 2), mode='replicate'), F.pad(a, (0, 0, 1, 1, 2, 0)))",
            a => [F.pad(a, (1, 2, 3, 0)), F.pad(a, (1, 2), value: 5), F.pad(a, [-1, 1, 0, -2], PaddingModes.Zeros), F.pad(a, (1, 2, 0, 3), PaddingModes.Reflect), F.pad(a, (1, 2, 0, 3), PaddingModes.Replicate),
                F.pad(a[0], (1, 2), PaddingModes.Reflect), F.pad(a[0], (1, 2), PaddingModes.Replicate), F.pad(a, [0, 0, 1, 1, 2, 0])],
            Real(2, 3, 6, 5));
        table.One("F.pixel_shuffle(a, 2)", a => F.pixel_shuffle(a, 2), Real(2, 8, 3, 4));
    }

    private static void Normalizations(OracleTable table)
    {
        table.One("F.batch_norm(a, None, None, b, c, training=True)", (a, b, c) => F.batch_norm(a, null, null, b, c, training: true), Real(3, 4, 5, 5), Real(4), Real(4));
        table.One("F.batch_norm(a, d, e, b, c)", (a, b, c, d, e) => F.batch_norm(a, d, e, b, c), Real(3, 4, 5, 5), Real(4), Real(4), Data(4), new Draw(DrawKind.Data, 0.5, 2, [4]));
        table.Many("m = b.clone(); (F.batch_norm(a, m, b.abs() + 1, training=True, momentum=0.3, eps=1e-3), m)", (a, b) =>
        {
            var mean = b.clone();
            return [F.batch_norm(a, mean, b.abs() + 1, training: true, momentum: 0.3, eps: 1e-3), mean];
        }, Real(3, 4, 5), Data(4));
        table.One("F.instance_norm(a, weight=b, bias=c, eps=1e-3)", (a, b, c) => F.instance_norm(a, weight: b, bias: c, eps: 1e-3), Real(3, 4, 5, 5), Real(4), Real(4));
        table.One("F.instance_norm(a)", a => F.instance_norm(a), Real(3, 4, 5, 5));
        table.One("F.group_norm(a, 2, b, c)", (a, b, c) => F.group_norm(a, 2, b, c), Real(3, 4, 5, 5), Real(4), Real(4));
        table.One("F.layer_norm(a, (4, 5), b, c)", (a, b, c) => F.layer_norm(a, [4, 5], b, c), Real(3, 4, 5), Real(4, 5), Real(4, 5));
    }

    private static void Losses(OracleTable table)
    {
        table.Many("(F.l1_loss(a, b), F.l1_loss(a, b, reduction='sum'), F.l1_loss(a, b, reduction='none'), F.mse_loss(a, b), F.mse_loss(a, b, reduction='none'), F.smooth_l1_loss(a, b), F.smooth_l1_loss(a, b, beta=0.3, reduction='sum'))",
            (a, b) => [F.l1_loss(a, b), F.l1_loss(a, b, Reduction.Sum), F.l1_loss(a, b, Reduction.None), F.mse_loss(a, b), F.mse_loss(a, b, Reduction.None), F.smooth_l1_loss(a, b), F.smooth_l1_loss(a, b, Reduction.Sum, 0.3)],
            Real(3, 4), Real(3, 4));
        table.Many("(F.cosine_similarity(a, b), F.cosine_similarity(a, b, dim=0, eps=1e-3))", (a, b) => [F.cosine_similarity(a, b), F.cosine_similarity(a, b, 0, 1e-3)], Real(3, 4), Real(3, 4));
    }
}
