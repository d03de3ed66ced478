using System.Globalization;
using PECHead.Research.Data;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>Landmarks that a user brings: <c>detections/NAME.txt</c> beside the picture NAME, a line of two numbers a point.</summary>
/// <remarks><b>Paper:</b> the layout of Deep3DFaceRecon's test pictures: five lines, x and y in pixels, y down.</remarks>
public static class DetectionFile
{
    private const int MaxBytes = 1 << 16;
    private static readonly char[] Separators = [' ', '\t', ',', ';'];

    /// <summary>Reads the points of the picture.</summary>
    /// <param name="picture">Path of the picture, or of a frame, with any extension.</param>
    /// <returns>5 or 68 points, with score 1.</returns>
    /// <exception cref="DataException">No such file, or another content.</exception>
    public static FacePoints ReadFor(string picture) => Read(Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(picture))!, "detections", Path.GetFileNameWithoutExtension(picture) + ".txt"));

    /// <summary>Reads points.</summary>
    /// <param name="path">A text file of 5 or 68 lines.</param>
    /// <returns>The points, with score 1.</returns>
    /// <exception cref="DataException">No such file, or another content.</exception>
    public static FacePoints Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new DataException("no landmarks of this picture", path, "Write five lines 'x y' there: both eyes, nose, both corners of the mouth.");
        if (file.Length > MaxBytes)
            throw new DataException($"{file.Length} bytes are no list of landmarks", path, "Five lines 'x y' are expected.");
        var points = new List<(double X, double Y)>();
        var number = 0;
        foreach (var line in File.ReadAllLines(path))
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            points.Add(Parse(line) ?? throw new DataException($"line {number} is not two numbers", path, "A line is 'x y', in pixels of the picture."));
        }

        return points.Count is FacePoints.FiveCount or FacePoints.FullCount
            ? new FacePoints(points)
            : throw new DataException($"{points.Count} points", path, "A face is given by 5 or 68 lines.");
    }

    private static (double X, double Y)? Parse(string line) =>
        line.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var x, var y]
        && Number(x) is { } column && Number(y) is { } row ? (column, row) : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
