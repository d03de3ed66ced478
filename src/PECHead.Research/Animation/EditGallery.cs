using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Visualization;

namespace PECHead.Research.Animation;

/// <summary>Saves a sweep of edits: as a video, or as a sheet with a picture a value.</summary>
public static class EditGallery
{
    /// <summary>Frames a second of the video. <b>Choice:</b> 25.</summary>
    public const double Rate = 25;

    /// <summary>Most pictures of a sheet.</summary>
    public const int MostPictures = 200;

    /// <summary>Whether a sweep can be saved under a name.</summary>
    /// <param name="path">Ends in .mp4 or .png.</param>
    /// <param name="count">Number of values.</param>
    /// <exception cref="ArgumentException">Another extension, or too many pictures for a sheet.</exception>
    public static void Check(string path, int count)
    {
        if (!IsVideo(path) && !Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"'{path}': a sweep is saved as .mp4 or .png.", nameof(path));
        if (!IsVideo(path) && count > MostPictures)
            throw new ArgumentException($"A sheet of {count} pictures is too large: take a larger step, or an .mp4.", nameof(count));
    }

    /// <summary>Saves the pictures of a sweep.</summary>
    /// <param name="path">The .mp4 or .png file to make or replace.</param>
    /// <param name="sweep">What the pictures show.</param>
    /// <param name="pictures">One a value, of one size.</param>
    /// <exception cref="ArgumentException">As for <see cref="Check"/>.</exception>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public static void Save(string path, EditSweep sweep, IEnumerable<RgbImage> pictures)
    {
        Check(path, sweep.Values.Count);
        if (!IsVideo(path))
        {
            string[] labels = [.. sweep.Values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{sweep.Name} {value:0.###}"))];
            new ImageGrid([.. pictures], labels).Save(path);
            return;
        }
        VideoWriter? writer = null;
        try
        {
            foreach (var picture in pictures)
                (writer ??= new VideoWriter(path, picture.Width, picture.Height, Rate)).Write(picture);
            writer?.Complete();
        }
        finally
        {
            writer?.Dispose();
        }
    }

    private static bool IsVideo(string path) => Path.GetExtension(path).Equals(".mp4", StringComparison.OrdinalIgnoreCase);
}
