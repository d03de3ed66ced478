using System.IO.Compression;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Where a modulated deformable convolution samples, read from its offsets and modulation.</summary>
/// <remarks>
/// <b>Paper:</b> Deformable ConvNets v2 (Zhu et al. 2019), eq. 1: tap k of output pixel p samples p + p_k + Δp_k with
/// weight Δm_k. Channels are those of torchvision's operator: 2(gK + k) holds dy and the next one dx.
/// </remarks>
internal sealed class DeformableSamples
{
    private readonly float[] _offsets;
    private readonly float[] _weights;

    /// <param name="offsets">[2·G·K, h, w], (dy, dx) in pixels of the feature map.</param>
    /// <param name="modulation">[G·K, h, w], at least 0.</param>
    /// <param name="side">Side of the kernel: K = side².</param>
    /// <param name="dilation">Distance of its taps.</param>
    public DeformableSamples(Tensor offsets, Tensor modulation, int side, int dilation)
    {
        Taps = side * side;
        TensorGuard.Shape(offsets, nameof(offsets), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any);
        if (offsets.size(0) == 0 || offsets.size(0) % (2 * Taps) != 0)
            throw new ArgumentException($"Expected a multiple of {2 * Taps} channels, (dy, dx) of {Taps} taps, received {offsets.size(0)}.", nameof(offsets));
        (Groups, Rows, Columns) = ((int)offsets.size(0) / (2 * Taps), (int)offsets.size(1), (int)offsets.size(2));
        TensorGuard.Shape(modulation, nameof(modulation), Groups * Taps, Rows, Columns);
        (Side, Dilation) = (side, dilation);
        (_offsets, _weights) = (FrameImage.Values(offsets), FrameImage.Values(modulation));
        LargestOffset = Math.Max(1e-3, _offsets.Where(float.IsFinite).DefaultIfEmpty(0).Max(MathF.Abs));
        LargestWeight = Math.Max(1e-3, _weights.Where(float.IsFinite).DefaultIfEmpty(0).Max());
    }

    public int Side { get; }

    public int Dilation { get; }

    public int Taps { get; }

    public int Groups { get; }

    public int Rows { get; }

    public int Columns { get; }

    public double LargestOffset { get; }

    public double LargestWeight { get; }

    /// <summary>Where a tap lies without its offset, pixels of the map.</summary>
    public (double Column, double Row) Regular(int row, int column, int tap) =>
        (column + (tap % Side - Side / 2) * Dilation, row + (tap / Side - Side / 2) * Dilation);

    /// <summary>Where a tap samples, pixels of the map, and with what weight.</summary>
    public (double Column, double Row, double Weight) At(int row, int column, int group, int tap)
    {
        int plane = Rows * Columns, cell = row * Columns + column, sample = group * Taps + tap;
        var (x, y) = Regular(row, column, tap);
        return (x + _offsets[(2 * sample + 1) * plane + cell], y + _offsets[2 * sample * plane + cell], _weights[sample * plane + cell]);
    }

    /// <summary>
    /// Every <paramref name="stride"/>-th pixel in one byte a value: offsets as −127…127 of the largest, then weights as
    /// 0…255 of the largest; each the difference to the value on its left, deflated, in Base64.
    /// </summary>
    public string Pack(int stride)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            PackPlanes(deflate, _offsets, stride, value => (byte)(sbyte)Math.Round(127 * Math.Clamp(value / LargestOffset, -1, 1)));
            PackPlanes(deflate, _weights, stride, value => (byte)Math.Round(255 * Math.Clamp(value / LargestWeight, 0, 1)));
        }
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    private void PackPlanes(ZLibStream target, float[] values, int stride, Func<double, byte> quantize)
    {
        var line = new byte[(Columns + stride - 1) / stride];
        for (int start = 0; start < values.Length; start += Rows * Columns)
        {
            for (int row = 0; row < Rows; row += stride)
            {
                byte previous = 0;
                for (int i = 0; i < line.Length; i++)
                {
                    float value = values[start + row * Columns + i * stride];
                    byte current = quantize(float.IsFinite(value) ? value : 0);
                    line[i] = (byte)(current - previous);
                    previous = current;
                }
                target.Write(line);
            }
        }
    }
}
