namespace PECHead.Research.Data;

/// <summary>A square of whole pixels in a frame.</summary>
/// <param name="X">Left edge, pixels from the left.</param>
/// <param name="Y">Top edge, pixels from the top.</param>
/// <param name="Side">Width and height in pixels.</param>
public readonly record struct CropSquare(int X, int Y, int Side)
{
    /// <summary>Whether the whole square lies in a frame of this size.</summary>
    /// <param name="width">Frame width, pixels.</param>
    /// <param name="height">Frame height, pixels.</param>
    /// <returns>True if no pixel of the square is outside.</returns>
    public bool FitsIn(int width, int height) =>
        X >= 0 && Y >= 0 && Side >= 1 && (long)X + Side <= width && (long)Y + Side <= height;

    /// <summary>Whether a pixel of the square lies in a frame of this size, and the square is not beyond what is read.</summary>
    internal bool Touches(int width, int height) =>
        Side is >= 1 and <= RgbImage.MaximumSide && X < width && Y < height && (long)X + Side > 0 && (long)Y + Side > 0;
}

/// <summary>Which square of a video's frames is kept: one fixed square for a whole clip, so that the head moves and not the camera.</summary>
public abstract record Crop
{
    private protected Crop()
    {
    }

    /// <summary>The largest square in the middle of the frame.</summary>
    public static Crop Centre { get; } = new BoxCrop(0, 0, 1, 1) { Inside = true };

    /// <summary>The square in pixels for frames of one size.</summary>
    /// <param name="width">Frame width, pixels.</param>
    /// <param name="height">Frame height, pixels.</param>
    /// <returns>A square; it may lie outside the frame only for a <see cref="PixelCrop"/>, which is then refused, or a <see cref="PaddedCrop"/>.</returns>
    public abstract CropSquare Resolve(int width, int height);

    /// <summary>The square for a video, after checking that it can be cut.</summary>
    /// <param name="info">The video.</param>
    /// <exception cref="DataException">The square leaves the frame, or misses it where it may leave it.</exception>
    internal CropSquare ResolveFor(VideoInfo info)
    {
        var square = Resolve(info.Width, info.Height);
        var allowed = this is PaddedCrop ? square.Touches(info.Width, info.Height) : square.FitsIn(info.Width, info.Height);
        return allowed
            ? square
            : throw new DataException(
                $"the crop x {square.X}, y {square.Y}, side {square.Side} does not lie within the frame of {info.Width}x{info.Height} pixels",
                info.File, "Correct the crop in the manifest.");
    }
}

/// <summary>A square given in the pixels of the video itself.</summary>
/// <param name="X">Left edge, pixels.</param>
/// <param name="Y">Top edge, pixels.</param>
/// <param name="Side">Width and height, pixels.</param>
public sealed record PixelCrop(int X, int Y, int Side) : Crop
{
    /// <inheritdoc/>
    public override CropSquare Resolve(int width, int height) => new(X, Y, Side);
}

/// <summary>A square that may leave the frame: outside, the pixels of the frame's border are repeated.</summary>
/// <param name="X">Left edge, pixels; may be negative.</param>
/// <param name="Y">Top edge, pixels; may be negative.</param>
/// <param name="Side">Width and height, pixels.</param>
public sealed record PaddedCrop(int X, int Y, int Side) : Crop
{
    /// <inheritdoc/>
    public override CropSquare Resolve(int width, int height) => new(X, Y, Side);
}

/// <summary>
/// A box in fractions of the frame, as the public lists give it, turned into a square: grown by a margin, made square
/// about its centre, moved inside the frame, and no larger than the frame.
/// </summary>
/// <param name="Left">Left edge, 0 to 1 of the width.</param>
/// <param name="Top">Top edge, 0 to 1 of the height.</param>
/// <param name="Right">Right edge, 0 to 1 of the width.</param>
/// <param name="Bottom">Bottom edge, 0 to 1 of the height.</param>
/// <param name="Margin">Growth on each side, as a fraction of the box's longer side in pixels.</param>
public sealed record BoxCrop(double Left, double Top, double Right, double Bottom, double Margin = 0) : Crop
{
    /// <summary>Whether the square takes the box's shorter side instead of the longer.</summary>
    internal bool Inside { get; init; }

    /// <inheritdoc/>
    public override CropSquare Resolve(int width, int height)
    {
        var (boxWidth, boxHeight) = ((Right - Left) * width, (Bottom - Top) * height);
        var length = Inside ? Math.Min(boxWidth, boxHeight) : Math.Max(boxWidth, boxHeight);
        var side = Math.Clamp((int)Math.Round(length * (1 + (2 * Margin))), 1, Math.Min(width, height));
        var x = (int)Math.Round(((Left + Right) / 2 * width) - (side / 2.0));
        var y = (int)Math.Round(((Top + Bottom) / 2 * height) - (side / 2.0));
        return new CropSquare(Math.Clamp(x, 0, width - side), Math.Clamp(y, 0, height - side), side);
    }
}
