using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>
/// VoxCeleb2's annotations: a folder txt/identity/video/clip.txt, each a few "Key : value" lines, a blank line, then one
/// row "FRAME X Y W H" per frame, the box as fractions of the frame's width and height, frames counted at 25 per second.
/// </summary>
internal static class VoxCeleb2List
{
    /// <summary>The data set counts frames of its 25-fps copies, whatever the rate of the video.</summary>
    private const double Rate = 25;

    public static IReadOnlyList<ListedClip> Read(string folder) => [.. ClipList.Files(folder, ".txt").Select(ReadFile)];

    private static ListedClip ReadFile(string file)
    {
        var lines = File.ReadAllLines(file);
        var identity = ClipList.Part(Header(lines, "Identity", file), "the identity", file, 1);
        var video = ClipList.Part(Header(lines, "Reference", file), "the video", file, 1);
        var table = Array.FindIndex(lines, line => line.TrimStart().StartsWith("FRAME", StringComparison.OrdinalIgnoreCase));
        if (table < 0)
            throw ClipList.Malformed("no table 'FRAME X Y W H'", file, lines.Length);
        double first = double.MaxValue, last = -1, left = double.MaxValue, top = double.MaxValue, right = 0, bottom = 0;
        for (var row = table + 1; row < lines.Length; row++)
        {
            if (string.IsNullOrWhiteSpace(lines[row]))
                continue;
            var cells = lines[row].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length != 5)
                throw ClipList.Malformed($"expected frame, x, y, width and height, found {cells.Length} values", file, row + 1);
            var frame = ClipList.Number(cells[0], "the frame", file, row + 1);
            var (x, y) = (Signed(cells[1], file, row + 1), Signed(cells[2], file, row + 1));
            var (w, h) = (ClipList.Number(cells[3], "the width", file, row + 1), ClipList.Number(cells[4], "the height", file, row + 1));
            (first, last) = (Math.Min(first, frame), Math.Max(last, frame));
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + w), Math.Max(bottom, y + h));
        }

        if (last < 0)
            throw ClipList.Malformed("the table is empty", file, table + 1);
        var clip = Path.GetFileNameWithoutExtension(file);
        var box = ClipList.Box(left, top, right, bottom, 1, 1, file, table + 1);
        return new ListedClip($"{identity}/{video}/{clip}", identity, video, clip, new SecondsRange(first / Rate, (last + 1) / Rate), box);
    }

    private static string Header(string[] lines, string key, string file)
    {
        foreach (var line in lines)
            if (line.Split(':', 2) is [var name, var value] && name.Trim().Equals(key, StringComparison.OrdinalIgnoreCase))
                return value.Trim();
        throw ClipList.Malformed($"no line '{key} :'", file, 1);
    }

    private static double Signed(string text, string file, int line) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 10
            ? number
            : throw ClipList.Malformed($"'{text}' is not a fraction of the frame", file, line);
}
