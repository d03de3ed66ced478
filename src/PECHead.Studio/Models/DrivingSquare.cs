using PECHead.Research.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace PECHead.Studio.Models;

/// <summary>Pictures in memory, cut and resized without a program of their own: for frames that come many times a second.</summary>
internal static class DrivingSquare
{
    /// <summary>Cuts a square and resizes it with the area filter.</summary>
    /// <param name="picture">The frame.</param>
    /// <param name="square">The square; moved inside the frame where it leaves it.</param>
    /// <param name="side">Side of the result, pixels.</param>
    public static RgbImage Cut(RgbImage picture, CropSquare square, int side)
    {
        var kept = Math.Min(square.Side, Math.Min(picture.Width, picture.Height));
        var (x, y) = (Math.Clamp(square.X, 0, picture.Width - kept), Math.Clamp(square.Y, 0, picture.Height - kept));
        return Change(picture, steps => steps.Crop(new Rectangle(x, y, kept, kept)).Resize(side, side, KnownResamplers.Box));
    }

    /// <summary>A picture whose longer side is no longer than this.</summary>
    /// <param name="picture">Any picture.</param>
    /// <param name="longest">Pixels.</param>
    public static RgbImage Within(RgbImage picture, int longest)
    {
        var part = (double)longest / Math.Max(picture.Width, picture.Height);
        return part >= 1 ? picture : Change(picture, steps => steps.Resize(Math.Max(1, (int)(picture.Width * part)), Math.Max(1, (int)(picture.Height * part)), KnownResamplers.Box));
    }

    private static RgbImage Change(RgbImage picture, Action<IImageProcessingContext> steps)
    {
        using var image = Image.LoadPixelData<Rgb24>(picture.Pixels, picture.Width, picture.Height);
        image.Mutate(steps);
        var result = new RgbImage(image.Width, image.Height);
        image.CopyPixelDataTo(result.Pixels);
        return result;
    }
}
