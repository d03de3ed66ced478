namespace PECHead.Research.Visualization;

/// <summary>A figure to be shown inline as PNG.</summary>
public sealed class InlinePng
{
    private readonly byte[] _png;

    internal InlinePng(byte[] png) => _png = png;

    /// <summary>The bytes of the PNG.</summary>
    public ReadOnlyMemory<byte> Png => _png;

    /// <inheritdoc/>
    public override string ToString() => $"PNG of {_png.Length} bytes";
}
