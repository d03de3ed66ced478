namespace PECHead.Research.Perception;

/// <summary>A rectangle in a frame, in pixels: 0 is the left (upper) edge of the first pixel, W (H) the right (lower) edge of the last. It may leave the frame.</summary>
/// <param name="Left">Smallest x.</param>
/// <param name="Top">Smallest y.</param>
/// <param name="Right">Greatest x.</param>
/// <param name="Bottom">Greatest y.</param>
public readonly record struct FaceBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Extent along x.</summary>
    public float Width => Right - Left;

    /// <summary>Extent along y.</summary>
    public float Height => Bottom - Top;

    /// <summary>Square pixels; 0 for an empty box.</summary>
    public float Area => Math.Max(Width, 0) * Math.Max(Height, 0);

    /// <summary>The middle.</summary>
    public FacePoint Centre => new((Left + Right) / 2, (Top + Bottom) / 2);

    /// <summary>The square around the middle whose side is the longer side of this box.</summary>
    /// <param name="scale">Factor of the side.</param>
    public FaceBox Square(float scale = 1)
    {
        var half = Math.Max(Width, Height) * scale / 2;
        var (x, y) = Centre;
        return new FaceBox(x - half, y - half, x + half, y + half);
    }

    /// <summary>Common area over joint area: 1 for equal boxes, 0 for separate ones.</summary>
    /// <param name="other">The other box.</param>
    public float Overlap(FaceBox other)
    {
        var common = new FaceBox(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom)).Area;
        var joint = Area + other.Area - common;
        return joint > 0 ? common / joint : 0;
    }

    /// <summary>Part of the way from this box to another.</summary>
    /// <param name="other">Where 1 leads.</param>
    /// <param name="part">0 to 1.</param>
    public FaceBox Towards(FaceBox other, float part) => new(
        float.Lerp(Left, other.Left, part), float.Lerp(Top, other.Top, part), float.Lerp(Right, other.Right, part), float.Lerp(Bottom, other.Bottom, part));
}

/// <summary>A place in a frame, in pixels as in <see cref="FaceBox"/>.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
public readonly record struct FacePoint(float X, float Y);

/// <summary>A face that the detector found.</summary>
/// <param name="Box">From brow to chin, tight.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Keypoints">Six points: the eye on the left of the picture, the other eye, nose, mouth, the ear on the left of the picture, the other ear.</param>
public sealed record DetectedFace(FaceBox Box, float Score, IReadOnlyList<FacePoint> Keypoints);
