using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>Cuts crops from frames with the cubic filter that Pillow resizes with, widened where the frame is finer than the crop.</summary>
internal static class CropResampling
{
    private const double Support = 2;

    /// <summary>Cuts one crop from each frame; black where it leaves the frame.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="crops">N crops.</param>
    /// <returns>[N, 3, 224, 224] in [0, 1], float32 on the device of the frames.</returns>
    /// <remarks>
    /// The crop is upright, so the filter is separable: two matrix products with at most a few numbers a row.
    /// <b>Paper:</b> Deep3DFaceRecon (public implementation) resizes with Pillow's BICUBIC (a = -1/2) and fills with black.
    /// </remarks>
    public static Tensor Cut(Tensor frames, IReadOnlyList<Deep3DCrop> crops)
    {
        using var scope = NewDisposeScope();
        int height = (int)frames.size(2), width = (int)frames.size(3);
        var rows = Filters(crops, height, crop => (crop.FirstY, crop.ScaleY)).to(frames.device);
        var columns = Filters(crops, width, crop => (crop.FirstX, crop.ScaleX)).to(frames.device);
        var cut = rows.unsqueeze(1).matmul(frames.to(ScalarType.Float32)).matmul(columns.transpose(1, 2).unsqueeze(1));
        return cut.clamp(0, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Filters(IReadOnlyList<Deep3DCrop> crops, int length, Func<Deep3DCrop, (double First, double Scale)> axis)
    {
        const int Size = Deep3DCamera.ImageSize;
        var weights = new float[crops.Count * Size * length];
        for (int n = 0; n < crops.Count; n++)
        {
            var (first, scale) = axis(crops[n]);
            for (int i = 0; i < Size; i++)
                Fill(weights.AsSpan(((n * Size) + i) * length, length), first + (i / scale), Math.Max(1, 1 / scale));
        }
        return tensor(weights, [crops.Count, Size, length]);
    }

    private static void Fill(Span<float> row, double centre, double width)
    {
        if (!(centre > -0.5 && centre < row.Length - 0.5))
            return;
        int from = Math.Max(0, (int)Math.Ceiling(centre - (Support * width)));
        int to = Math.Min(row.Length - 1, (int)Math.Floor(centre + (Support * width)));
        double sum = 0;
        for (int j = from; j <= to; j++)
            sum += Cubic((j - centre) / width);
        for (int j = from; j <= to; j++)
            row[j] = (float)(Cubic((j - centre) / width) / sum);
    }

    private static double Cubic(double at)
    {
        const double A = -0.5;
        double x = Math.Abs(at);
        return x < 1 ? (((((A + 2) * x) - (A + 3)) * x * x) + 1)
            : x < 2 ? ((((((x - 5) * x) + 8) * x) - 4) * A)
            : 0;
    }
}
