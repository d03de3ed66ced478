using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>How exactly the network's image is cut from a frame.</summary>
public enum Deep3DAlignment
{
    /// <summary>Where the landmarks say, to fractions of a pixel: a face that moves a little moves its crop a little.</summary>
    SubPixel,

    /// <summary>Sizes and edges cut off to whole pixels, as the public implementation does; for comparisons with it.</summary>
    WholePixel,
}

/// <summary>
/// The part of a frame that <see cref="Deep3DNetwork"/> sees: moved and scaled so that faces are alike in place and size,
/// but not turned.
/// </summary>
/// <remarks>
/// <b>Paper:</b> Deng et al. 2019, public implementation: five landmarks are fitted by a scaled orthographic view of a
/// standard face, whose size is then brought to 102 px.
/// <b>Deviation:</b> with <see cref="Deep3DAlignment.SubPixel"/> edges are not whole pixels (which shakes the crop of a
/// resting face) and positions refer to centres of pixels throughout; the published geometry differs by |1 − scale| px.
/// </remarks>
internal sealed record Deep3DCrop
{
    private const double StandardSize = 102;

    /// <summary>The standard face: x right, y up, z towards the camera, decimetres, in the order of <see cref="FacePoints"/>.</summary>
    private static readonly double[,] Standard =
    {
        { -0.3115, 0.2904, 0.1338 }, { 0.3098, 0.2897, 0.1318 }, { 0.0033, -0.0462, 0.5524 },
        { -0.2522, -0.3813, 0.2241 }, { 0.2485, -0.3813, 0.2224 },
    };

    private Deep3DCrop(double scaleX, double scaleY, double originX, double originY, double firstX, double firstY)
    {
        (ScaleX, ScaleY, OriginX, OriginY, FirstX, FirstY) = (scaleX, scaleY, originX, originY, firstX, firstY);
    }

    /// <summary>Pixels of the crop for a pixel of the frame, horizontally.</summary>
    public double ScaleX { get; }

    /// <summary>The same vertically; equal to <see cref="ScaleX"/> but for rounding.</summary>
    public double ScaleY { get; }

    /// <summary>Column of the frame, in pixels, that the camera's axis meets.</summary>
    public double OriginX { get; }

    /// <summary>Row of the frame, in pixels, that the camera's axis meets.</summary>
    public double OriginY { get; }

    /// <summary>Column of the frame under the centre of the crop's first column.</summary>
    internal double FirstX { get; }

    /// <summary>Row of the frame under the centre of the crop's first row.</summary>
    internal double FirstY { get; }

    /// <summary>Finds the crop of a face.</summary>
    /// <param name="points">Landmarks in pixels of the frame.</param>
    /// <param name="width">Width of the frame, pixels.</param>
    /// <param name="height">Height of the frame, pixels.</param>
    /// <param name="alignment">To fractions of a pixel or to whole ones.</param>
    /// <returns>The crop, or null if the points lie on one spot or far outside, so that there is no face to cut.</returns>
    public static Deep3DCrop? FromPoints(FacePoints points, int width, int height, Deep3DAlignment alignment = Deep3DAlignment.SubPixel)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var (size, atX, atY) = View([.. points.Five().Select(point => (point.X, height - 1 - point.Y))]);   // atY counts upwards from the bottom row
        double scale = StandardSize / size;
        // Smaller than a pixel or larger than a hundred frames is no face.
        if (!(size > 0.5) || size > 100.0 * Math.Max(width, height) || Math.Abs(atX) > 100.0 * width || Math.Abs(atY) > 100.0 * height)
            return null;
        return alignment == Deep3DAlignment.SubPixel
            ? new Deep3DCrop(
                scale, scale, atX, height - 1 - atY,
                atX - (Deep3DCamera.CentreX / scale), height - 1 - atY - (Deep3DCamera.CentreY / scale))
            : Whole(width, height, scale, atX, atY);
    }

    /// <summary>Where a position of the frame lies in the crop.</summary>
    /// <param name="x">Column of the frame, pixels.</param>
    /// <param name="y">Row of the frame, pixels.</param>
    public (double X, double Y) ToCrop(double x, double y) =>
        (Deep3DCamera.CentreX + ((x - OriginX) * ScaleX), Deep3DCamera.CentreY + ((y - OriginY) * ScaleY));

    /// <summary>Where a position of the crop lies in the frame.</summary>
    /// <param name="x">Column of the crop, pixels.</param>
    /// <param name="y">Row of the crop, pixels.</param>
    public (double X, double Y) ToFrame(double x, double y) =>
        (OriginX + ((x - Deep3DCamera.CentreX) / ScaleX), OriginY + ((y - Deep3DCamera.CentreY) / ScaleY));

    private static Deep3DCrop? Whole(int width, int height, double scale, double atX, double atY)
    {
        const int Half = Deep3DCamera.ImageSize / 2;
        int w = (int)(width * scale), h = (int)(height * scale);
        if (w < 1 || h < 1)
            return null;
        int left = (int)((w / 2.0) - Half + ((atX - (width / 2.0)) * scale));
        int up = (int)((h / 2.0) - Half + (((height / 2.0) - atY) * scale));
        double stepX = (double)width / w, stepY = (double)height / h;
        return new Deep3DCrop(
            1 / stepX, 1 / stepY, (left + Deep3DCamera.CentreX) * stepX, (up + Deep3DCamera.CentreY) * stepY,
            ((left + 0.5) * stepX) - 0.5, ((up + 0.5) * stepY) - 0.5);
    }

    /// <summary>Pixels of a decimetre and the place of the standard face's origin, by least squares over five points.</summary>
    private static (double Size, double X, double Y) View((double X, double Y)[] five)
    {
        using var scope = NewDisposeScope();
        var design = cat([tensor(Standard), ones(five.Length, 1, ScalarType.Float64)], 1);
        var seen = tensor(five.SelectMany(point => new[] { point.X, point.Y }).ToArray(), [five.Length, 2]);
        var map = matmul(linalg.pinv(design), seen);             // [4, 2]: three slopes and the constant, for x and for y
        double size = map.narrow(0, 0, 3).square().sum([0]).sqrt().mean().item<double>();
        return (size, map[3, 0].item<double>(), map[3, 1].item<double>());
    }
}
