namespace PECHead.Research.Acceleration;

/// <summary>The sizes of one deformable convolution; whoever makes them has checked that they fit each other.</summary>
internal sealed record DeformableSizes
{
    public required long Batch { get; init; }

    public required long Channels { get; init; }

    public required long Height { get; init; }

    public required long Width { get; init; }

    public required long OutChannels { get; init; }

    public required long KernelHeight { get; init; }

    public required long KernelWidth { get; init; }

    public required long Groups { get; init; }

    public required long OffsetGroups { get; init; }

    public required (long Y, long X) Stride { get; init; }

    public required (long Y, long X) Padding { get; init; }

    public required (long Y, long X) Dilation { get; init; }

    public long Taps => KernelHeight * KernelWidth;

    public long OutHeight => OutSize(Height, KernelHeight, Stride.Y, Padding.Y, Dilation.Y);

    public long OutWidth => OutSize(Width, KernelWidth, Stride.X, Padding.X, Dilation.X);

    /// <summary>Output pixels of one image.</summary>
    public long Pixels => OutHeight * OutWidth;

    /// <summary>Input channels of one weight group.</summary>
    public long GroupChannels => Channels / Groups;

    /// <summary>Output channels of one weight group.</summary>
    public long GroupOutputs => OutChannels / Groups;

    private static long OutSize(long size, long kernel, long stride, long padding, long dilation)
    {
        long room = size + 2 * padding - (dilation * (kernel - 1) + 1);
        return room < 0 ? 0 : room / stride + 1;
    }
}
