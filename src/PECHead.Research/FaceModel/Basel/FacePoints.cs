namespace PECHead.Research.FaceModel.Basel;

/// <summary>Landmarks that say where in a frame the face is: five, or the 68 of the iBUG scheme.</summary>
/// <remarks>The five: the eye on the left of the picture, the eye on the right, tip of the nose, left and right corner of the mouth.</remarks>
public sealed record FacePoints
{
    /// <summary>Number of points of the short form.</summary>
    public const int FiveCount = 5;

    /// <summary>Number of points of the long form.</summary>
    public const int FullCount = 68;

    /// <summary>Takes points.</summary>
    /// <param name="points">5 or 68, in pixels of the frame: x right, y down, centres of pixels at whole numbers.</param>
    /// <param name="score">How sure it is that there is a face, 0 to 1.</param>
    /// <exception cref="ArgumentException">Another number of points, or a coordinate that is no finite number.</exception>
    public FacePoints(IReadOnlyList<(double X, double Y)> points, double score = 1)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count is not (FiveCount or FullCount))
            throw new ArgumentException($"A face is given by 5 or 68 points, not by {points.Count}.", nameof(points));
        if (points.Any(point => !double.IsFinite(point.X) || !double.IsFinite(point.Y)))
            throw new ArgumentException("A coordinate of the face is no finite number.", nameof(points));
        if (score is not (>= 0 and <= 1))
            throw new ArgumentException($"A score lies between 0 and 1; {score} does not.", nameof(score));
        (Points, Score) = (points, score);
    }

    /// <summary>The points as given.</summary>
    public IReadOnlyList<(double X, double Y)> Points { get; }

    /// <summary>How sure it is that there is a face, 0 to 1.</summary>
    public double Score { get; }

    /// <summary>The five points; from 68, an eye is the middle of its two corners.</summary>
    /// <remarks><b>Paper:</b> Deep3DFaceRecon (public implementation): points 36, 39, 42, 45, 30, 48 and 54, counted from 0.</remarks>
    public (double X, double Y)[] Five() => Points.Count == FiveCount
        ? [.. Points]
        : [Middle(36, 39), Middle(42, 45), Points[30], Points[48], Points[54]];

    private (double X, double Y) Middle(int a, int b) =>
        ((Points[a].X + Points[b].X) / 2, (Points[a].Y + Points[b].Y) / 2);
}
