namespace PECHead.Research.Data;

/// <summary>An 8-bit RGB picture in memory: rows from the top, pixels from the left, R, G, B interleaved (HWC).</summary>
public sealed class RgbImage
{
    /// <summary>Longest side, in pixels, that is read or written.</summary>
    public const int MaximumSide = 16384;

    /// <summary>Greatest number of pixels that is read or written.</summary>
    public const int MaximumPixels = 100_000_000;

    private readonly byte[] _pixels;

    /// <summary>A black picture.</summary>
    /// <param name="width">Pixels, 1 to <see cref="MaximumSide"/>.</param>
    /// <param name="height">Pixels, 1 to <see cref="MaximumSide"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside the bounds.</exception>
    public RgbImage(int width, int height)
        : this(width, height, new byte[ByteCount(width, height)])
    {
    }

    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Pixels, 1 to <see cref="MaximumSide"/>.</param>
    /// <param name="height">Pixels, 1 to <see cref="MaximumSide"/>.</param>
    /// <param name="pixels">height·width·3 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside the bounds.</exception>
    /// <exception cref="ArgumentException">The array has another length.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        var expected = ByteCount(width, height);
        if (pixels.Length != expected)
            throw new ArgumentException($"expected {expected} bytes for {width}x{height} RGB, received {pixels.Length}", nameof(pixels));
        (Width, Height, _pixels) = (width, height, pixels);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The bytes, [H, W, 3], 0 to 255.</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>The array behind <see cref="Pixels"/>, not a copy.</summary>
    /// <returns>height·width·3 bytes.</returns>
    public byte[] GetBuffer() => _pixels;

    /// <summary>Red, green and blue of one pixel.</summary>
    /// <param name="x">Column, 0 at the left.</param>
    /// <param name="y">Row, 0 at the top.</param>
    public (byte R, byte G, byte B) this[int x, int y]
    {
        get
        {
            var at = Offset(x, y);
            return (_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
        set
        {
            var at = Offset(x, y);
            (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = value;
        }
    }

    /// <summary>This picture turned clockwise.</summary>
    /// <param name="degrees">0, 90, 180 or 270.</param>
    public RgbImage Turned(int degrees) => degrees <= 0 ? this : QuarterTurned().Turned(degrees - 90);

    private RgbImage QuarterTurned()
    {
        var result = new RgbImage(Height, Width);
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                _pixels.AsSpan(((y * Width) + x) * 3, 3).CopyTo(result._pixels.AsSpan(((x * Height) + Height - 1 - y) * 3, 3));
        return result;
    }

    /// <summary>Bytes of a picture of this size, after checking the bounds.</summary>
    internal static int ByteCount(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MaximumSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, MaximumSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, MaximumPixels);
        return width * height * 3;
    }

    private int Offset(int x, int y)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width, nameof(x));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
        return ((y * Width) + x) * 3;
    }
}
