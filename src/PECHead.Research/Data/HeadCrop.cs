namespace PECHead.Research.Data;

/// <summary>A face in a frame, in pixels; it may leave the frame.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge, at the brows.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Bottom edge, at the chin.</param>
public readonly record struct FaceRectangle(double Left, double Top, double Right, double Bottom);

/// <summary>What becomes of a square that leaves the frame.</summary>
public enum CropOverflow
{
    /// <summary>It is moved inside; if it is larger than the frame, it is shrunk to the frame's shorter side first.</summary>
    Inside,

    /// <summary>It stays, and the pixels of the frame's border are repeated outside: no hair is lost to a tight frame, but it is invented.</summary>
    Repeat,
}

/// <summary>How much is kept around a face, in heights of the face (brows to chin; the median over the clip).</summary>
/// <remarks>
/// <b>Choice:</b> hair is about as high above the brows as 0.4 faces, the neck shows 0.3 below the chin, ears and hair stand
/// out 0.35 to each side. With these, clips of talking heads are framed as VoxCeleb's preparation in First Order Motion
/// Model frames them.
/// </remarks>
public sealed record HeadMargins
{
    /// <summary>Above the brows, at least 0.</summary>
    public double Above { get; init; } = 0.4;

    /// <summary>Below the chin, at least 0.</summary>
    public double Below { get; init; } = 0.3;

    /// <summary>On each side of the face, at least 0.</summary>
    public double Beside { get; init; } = 0.35;
}

/// <summary>
/// One fixed square for a clip, or for a photograph, in the style of VoxCeleb: all places where the face is, with the head,
/// its hair and the neck, so that the head moves in the picture and the background does not.
/// </summary>
public static class HeadCrop
{
    /// <summary>Finds the square.</summary>
    /// <param name="faces">The face in every frame in which it was found, or in some of them; at least one.</param>
    /// <param name="width">Width of the frames, pixels, at least 1.</param>
    /// <param name="height">Height of the frames, pixels, at least 1.</param>
    /// <param name="overflow">What becomes of a square that leaves the frame.</param>
    /// <param name="margins">How much is kept around the face; null: the defaults.</param>
    /// <returns>A square inside the frame, or a <see cref="PaddedCrop"/> where it leaves it.</returns>
    /// <exception cref="ArgumentException">No face; a box that is empty, not finite, or entirely outside; a negative margin.</exception>
    public static Crop FromFaces(
        IReadOnlyList<FaceRectangle> faces, int width, int height, CropOverflow overflow = CropOverflow.Inside, HeadMargins? margins = null)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        margins ??= new HeadMargins();
        if (!(margins.Above >= 0 && margins.Below >= 0 && margins.Beside >= 0) || !double.IsFinite(margins.Above + margins.Below + margins.Beside))
            throw new ArgumentException("The margins around a face are at least 0.", nameof(margins));
        if (faces.Count == 0)
            throw new ArgumentException("There is no face to cut a head around.", nameof(faces));
        foreach (var face in faces)
            Check(face, width, height);

        var unit = Median([.. faces.Select(face => face.Bottom - face.Top)]);
        double left = faces.Min(face => face.Left) - (margins.Beside * unit), right = faces.Max(face => face.Right) + (margins.Beside * unit);
        double top = faces.Min(face => face.Top) - (margins.Above * unit), bottom = faces.Max(face => face.Bottom) + (margins.Below * unit);
        var longest = overflow == CropOverflow.Inside ? Math.Min(width, height) : RgbImage.MaximumSide;
        var side = (int)Math.Clamp(Math.Round(Math.Max(right - left, bottom - top)), 1, longest);
        int x = (int)Math.Round(((left + right) / 2) - (side / 2.0)), y = (int)Math.Round(((top + bottom) / 2) - (side / 2.0));
        if (overflow == CropOverflow.Inside)
            return new PixelCrop(Math.Clamp(x, 0, width - side), Math.Clamp(y, 0, height - side), side);
        return new CropSquare(x, y, side).FitsIn(width, height) ? new PixelCrop(x, y, side) : new PaddedCrop(x, y, side);
    }

    private static void Check(FaceRectangle face, int width, int height)
    {
        if (!(face.Right > face.Left && face.Bottom > face.Top && face.Right > 0 && face.Bottom > 0 && face.Left < width && face.Top < height)
            || !double.IsFinite(face.Right - face.Left + face.Bottom - face.Top))
            throw new ArgumentException($"The face {face.Left:g5}, {face.Top:g5} to {face.Right:g5}, {face.Bottom:g5} does not lie in a frame of {width}x{height} pixels.");
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
