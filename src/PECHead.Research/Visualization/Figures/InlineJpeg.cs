namespace PECHead.Research.Visualization;

/// <summary>A figure to be shown inline as JPEG.</summary>
public sealed class InlineJpeg
{
    private readonly byte[] _jpeg;

    internal InlineJpeg(byte[] jpeg) => _jpeg = jpeg;

    /// <summary>The bytes of the JPEG.</summary>
    public ReadOnlyMemory<byte> Jpeg => _jpeg;

    /// <inheritdoc/>
    public override string ToString() => $"JPEG of {_jpeg.Length} bytes";
}
