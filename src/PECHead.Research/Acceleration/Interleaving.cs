using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>
/// Joins the four maps of a convolution behind a nearest-neighbour doubling to one of twice the size: on the CPU, channels last, in one
/// pass over memory in either direction.
/// </summary>
internal sealed class Interleaving : autograd.SingleTensorFunction<Interleaving>
{
    public override string Name => "Interleaving";

    /// <summary>Joins four maps.</summary>
    /// <param name="maps">
    /// [N, 4·C, H + 1, W + 1]. Channel (2p + q)·C + c at (y, x) is channel c at (2y + p − 1, 2x + q − 1) of the result; what would lie
    /// outside of it is dropped.
    /// </param>
    /// <returns>[N, C, 2H, 2W], in the type and layout of the maps.</returns>
    public static Tensor Join(Tensor maps)
    {
        if (!OnePass(maps)) return Compose(maps);
        if (!is_grad_enabled() || !maps.requires_grad) return Gather(maps);
        var call = new Call();
        var result = apply(maps, call);
        call.Output!.Dispose();     // another handle of the result
        call.Output = null;
        return result;
    }

    /// <summary>The same of ordinary operations, in any layout.</summary>
    internal static Tensor Compose(Tensor maps)
    {
        var (n, c, height, width) = (maps.size(0), maps.size(1) / 4, maps.size(2), maps.size(3));
        using var scope = NewDisposeScope();
        return maps.reshape(n, 2, 2, c, height, width).permute(0, 3, 4, 1, 5, 2).reshape(n, c, 2 * height, 2 * width)
            .narrow(2, 1, (2 * height) - 2).narrow(3, 1, (2 * width) - 2).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        => ((Call)vars[1]).Output = Gather((Tensor)vars[0]);

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradients.Release();
        using (grad_output) return ReturnedGradients.Keep(Split(grad_output));
    }

    // The transpose of Join. Where a graph of it is wanted, of operations that have one.
    private static Tensor Split(Tensor image)
    {
        using var scope = NewDisposeScope();
        var (n, c, height, width) = (image.size(0), image.size(1), image.size(2) / 2, image.size(3) / 2);
        if (is_grad_enabled() || image.device_type != DeviceType.CPU)
        {
            return nn.functional.pad(image, [1, 1, 1, 1]).reshape(n, c, height + 1, 2, width + 1, 2).permute(0, 3, 5, 1, 2, 4)
                .reshape(n, 4 * c, height + 1, width + 1).MoveToOuterDisposeScope();
        }
        var pixels = image.permute(0, 2, 3, 1).contiguous();
        var maps = empty([n, height + 1, width + 1, 4 * c], image.dtype);
        Move(maps, pixels, towardsMaps: true);
        return maps.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static Tensor Gather(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var source = maps.permute(0, 2, 3, 1);
        var image = empty([maps.size(0), 2 * (maps.size(2) - 1), 2 * (maps.size(3) - 1), maps.size(1) / 4], maps.dtype);
        Move(source, image, towardsMaps: false);
        return image.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static bool OnePass(Tensor maps)
    {
        if (maps.device_type != DeviceType.CPU || maps.numel() == 0 || maps.numel() * maps.element_size() > int.MaxValue) return false;
        using var pixels = maps.permute(0, 2, 3, 1);
        return pixels.is_contiguous();
    }

    // Row by row of the doubled grid of maps, which is the image with a border: two maps of a place, and two pixels of the image, are neighbours.
    private static unsafe void Move(Tensor maps, Tensor image, bool towardsMaps)
    {
        long height = maps.size(1), width = maps.size(2), pixel = maps.size(3) / 4 * maps.element_size(), rows = 2 * height;
        long imageRow = 2 * (width - 1) * pixel;
        fixed (byte* parts = maps.bytes, whole = image.bytes)
        {
            byte* from = parts, to = whole;
            DeformableWork.Share<byte>(get_num_threads(), maps.size(0) * rows, 0, (piece, _) =>
            {
                long n = piece / rows, row = piece % rows;
                byte* map = from + ((((n * height) + (row / 2)) * width * 4) + (row % 2 * 2)) * pixel;
                bool border = row == 0 || row == rows - 1;
                byte* line = to + (((n * (rows - 2)) + row - 1) * imageRow);
                if (!towardsMaps)
                {
                    if (!border) Line(map, line, width, pixel);
                }
                else if (border)
                {
                    for (long x = 0; x < width; x++) Unsafe.InitBlockUnaligned(map + (x * 4 * pixel), 0, (uint)(2 * pixel));
                }
                else
                {
                    Unline(map, line, width, pixel);
                }
            });
        }
    }

    private static unsafe void Line(byte* map, byte* line, long width, long pixel)
    {
        Unsafe.CopyBlockUnaligned(line, map + pixel, (uint)pixel);
        for (long x = 1; x < width - 1; x++) Unsafe.CopyBlockUnaligned(line + (((2 * x) - 1) * pixel), map + (x * 4 * pixel), (uint)(2 * pixel));
        Unsafe.CopyBlockUnaligned(line + (((2 * width) - 3) * pixel), map + ((width - 1) * 4 * pixel), (uint)pixel);
    }

    private static unsafe void Unline(byte* map, byte* line, long width, long pixel)
    {
        Unsafe.InitBlockUnaligned(map, 0, (uint)pixel);
        Unsafe.CopyBlockUnaligned(map + pixel, line, (uint)pixel);
        for (long x = 1; x < width - 1; x++) Unsafe.CopyBlockUnaligned(map + (x * 4 * pixel), line + (((2 * x) - 1) * pixel), (uint)(2 * pixel));
        byte* last = map + ((width - 1) * 4 * pixel);
        Unsafe.CopyBlockUnaligned(last, line + (((2 * width) - 3) * pixel), (uint)pixel);
        Unsafe.InitBlockUnaligned(last + pixel, 0, (uint)pixel);
    }

    private sealed class Call
    {
        public Tensor? Output { get; set; }
    }
}
