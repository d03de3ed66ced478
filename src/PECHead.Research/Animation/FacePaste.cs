using PECHead.Research.Data;

namespace PECHead.Research.Animation;

/// <summary>Puts the generated square back into the picture that it was cut from, with a mask that fades towards its edges.</summary>
/// <remarks>
/// <b>Choice:</b> m(x, y) = s(d_x / f) · s(d_y / f), with d the distance of a pixel's centre to the square's nearer edge, f the
/// width of the fade and s(t) = t²(3 − 2t) between 0 and 1. An edge on or beyond the picture's border does not fade: there is
/// nothing to meet. Where squares of several faces overlap, each face keeps what is nearer to the middle of its own square, in units of the squares'
/// sides: m is multiplied by s(½ + (d_j − d_i) / f) for every other square j, so that what two squares share adds up to the mask of one.
/// </remarks>
public sealed class FacePaste
{
    private readonly RgbImage _picture;
    private readonly CropSquare _square;
    private readonly float[] _across;
    private readonly float[] _down;
    private readonly float[]? _share;

    /// <summary>Prepares the mask.</summary>
    /// <param name="picture">The whole picture; is not changed.</param>
    /// <param name="square">What was cut from it; may leave it.</param>
    /// <param name="fade">Width of the fade in sides of the square, in [0, 0.5]. <b>Choice:</b> 0.1.</param>
    /// <param name="others">Squares of other faces that are pasted into the same picture; null: none.</param>
    /// <exception cref="ArgumentException">The square misses the picture, or a fade outside of its range.</exception>
    public FacePaste(RgbImage picture, CropSquare square, double fade = 0.1, IReadOnlyList<CropSquare>? others = null)
    {
        if (!square.Touches(picture.Width, picture.Height))
            throw new ArgumentException($"The square x {square.X}, y {square.Y}, side {square.Side} misses the picture of {picture.Width}x{picture.Height} pixels.", nameof(square));
        if (fade is not (>= 0 and <= 0.5)) throw new ArgumentException($"The fade must lie in [0, 0.5], not {fade}.", nameof(fade));
        (_picture, _square) = (picture, square);
        _across = Mask(square.X, square.Side, picture.Width, fade * square.Side);
        _down = Mask(square.Y, square.Side, picture.Height, fade * square.Side);
        if (others is { Count: > 0 }) _share = Share(square, others, Math.Max(fade, 1e-6));
    }

    /// <summary>Width of the result, pixels.</summary>
    public int Width => _picture.Width;

    /// <summary>Height of the result, pixels.</summary>
    public int Height => _picture.Height;

    /// <summary>How much of the generated picture shows in a pixel of the square.</summary>
    /// <param name="x">Column in the square.</param>
    /// <param name="y">Row in the square.</param>
    /// <returns>In [0, 1].</returns>
    public double MaskAt(int x, int y) => Weight(x, y);

    /// <summary>Composes one frame.</summary>
    /// <param name="generated">The square, of any size: it is resized bilinearly.</param>
    /// <param name="onto">The whole picture with other faces pasted into it already; null: as it was.</param>
    /// <returns>A new picture of the size of the whole.</returns>
    public RgbImage Compose(RgbImage generated, RgbImage? onto = null)
    {
        var result = new RgbImage(Width, Height, (onto ?? _picture).Pixels.ToArray());
        var before = _picture.GetBuffer();
        var (columns, rows) = (Taps(_square.Side, generated.Width), Taps(_square.Side, generated.Height));
        byte[] from = generated.GetBuffer(), to = result.GetBuffer();
        var (left, right) = (Math.Max(0, -_square.X), Math.Min(_square.Side, Width - _square.X));
        for (var y = Math.Max(0, -_square.Y); y < Math.Min(_square.Side, Height - _square.Y); y++)
        {
            var (upper, lower, down) = rows[y];
            for (var x = left; x < right; x++)
            {
                var mask = Weight(x, y);
                if (mask == 0) continue;
                var (near, far, across) = columns[x];
                var at = (((_square.Y + y) * Width) + _square.X + x) * 3;
                for (var c = 0; c < 3; c++)
                {
                    float At(int row, int column) => from[(((row * generated.Width) + column) * 3) + c];
                    var above = At(upper, near) + (across * (At(upper, far) - At(upper, near)));
                    var below = At(lower, near) + (across * (At(lower, far) - At(lower, near)));
                    var value = above + (down * (below - above));
                    to[at + c] = (byte)Math.Clamp(MathF.Round(to[at + c] + (mask * (value - before[at + c]))), 0, 255);
                }
            }
        }
        return result;
    }

    private float Weight(int x, int y) => _across[x] * _down[y] * (_share?[(y * _square.Side) + x] ?? 1);

    private static float[] Share(CropSquare square, IReadOnlyList<CropSquare> others, double fade)
    {
        var share = new float[square.Side * square.Side];
        for (var i = 0; i < share.Length; i++)
        {
            var (x, y) = (square.X + (i % square.Side) + 0.5, square.Y + (i / square.Side) + 0.5);
            double Distance(CropSquare one) => Math.Sqrt(Math.Pow(x - one.X - (one.Side / 2.0), 2) + Math.Pow(y - one.Y - (one.Side / 2.0), 2)) / one.Side;
            var kept = 1.0;
            foreach (var other in others)
            {
                var t = Math.Clamp(0.5 + ((Distance(other) - Distance(square)) / fade), 0, 1);
                kept *= t * t * (3 - (2 * t));
            }
            share[i] = (float)kept;
        }
        return share;
    }

    private static float[] Mask(int start, int side, int length, double fade) => [.. Enumerable.Range(0, side).Select(i =>
    {
        var before = start <= 0 ? double.PositiveInfinity : i + 0.5;
        var after = start + side >= length ? double.PositiveInfinity : side - i - 0.5;
        var t = fade == 0 ? 1 : Math.Min(1, Math.Min(before, after) / fade);
        return (float)(t * t * (3 - (2 * t)));
    })];

    // Pixel centres of the square in those of the generated picture, held at its border.
    private static (int Near, int Far, float Part)[] Taps(int side, int length) => [.. Enumerable.Range(0, side).Select(i =>
    {
        var at = Math.Clamp(((i + 0.5) * length / side) - 0.5, 0, length - 1);
        var near = (int)at;
        return (near, Math.Min(near + 1, length - 1), (float)(at - near));
    })];
}
