using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>A clip as an official list gives it.</summary>
/// <param name="Id">Unique within the list.</param>
/// <param name="Identity">Who is in it, as far as the list tells; else the video.</param>
/// <param name="Video">Id of the original video.</param>
/// <param name="Clip">Name of the finished clip, without extension.</param>
/// <param name="Range">Part of the original video.</param>
/// <param name="Box">Box in the original video.</param>
public sealed record ListedClip(string Id, string Identity, string Video, string Clip, ClipRange Range, BoxCrop Box)
{
    internal static readonly string[] Placeholders = ["identity", "video", "clip"];

    internal string Fill(string template) => template
        .Replace("{identity}", Identity, StringComparison.Ordinal)
        .Replace("{video}", Video, StringComparison.Ordinal)
        .Replace("{clip}", Clip, StringComparison.Ordinal);
}

/// <summary>Readers of the lists that public data sets publish instead of media.</summary>
/// <remarks>
/// <b>Choice:</b> written from the published descriptions and tested on lists made up in those formats; the data sets
/// themselves are not available where the tests run.
/// </remarks>
public static class ClipList
{
    private static readonly Dictionary<string, Func<string, IReadOnlyList<ListedClip>>> Readers = new(StringComparer.Ordinal)
    {
        ["voxceleb2"] = VoxCeleb2List.Read,
        ["talkinghead-1kh"] = TalkingHead1KhList.Read,
        ["celebv-hq"] = CelebVHqList.Read,
        ["vfhq"] = VfhqList.Read,
    };

    /// <summary>Names of the formats: voxceleb2, talkinghead-1kh, celebv-hq, vfhq.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. Readers.Keys];

    /// <summary>Reads a list.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="path">The list's file or folder.</param>
    /// <returns>Its clips, in a fixed order.</returns>
    /// <exception cref="DataException">Missing or malformed, with file and line.</exception>
    public static IReadOnlyList<ListedClip> Read(string format, string path)
    {
        if (!Readers.TryGetValue(format, out var read))
            throw new ArgumentException($"unknown format {format}", nameof(format));
        try
        {
            return read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, path);
        }
    }

    /// <summary>Files of a list that is a folder, in ordinal order of their relative names.</summary>
    internal static IReadOnlyList<string> Files(string folder, string extension)
    {
        if (!Directory.Exists(folder))
            throw new DataException("no such list folder", folder, "Unpack the data set's annotations there, or correct 'list' in the manifest.");
        string[] files = [.. Directory.EnumerateFiles(folder, "*" + extension, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new DataException($"no {extension} files in this list folder", folder, "Unpack the data set's annotations there.");
    }

    /// <summary>A finite number of at least 0.</summary>
    internal static double Number(string text, string what, string file, int line) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number is >= 0 and <= int.MaxValue
            ? number
            : throw Malformed($"{what} '{text}' is not a number of at least 0", file, line);

    /// <summary>A name that is used as a part of a path, so it may not climb out of its folder.</summary>
    internal static string Part(string text, string what, string file, int line) =>
        text.Length > 0 && text is not ("." or "..") && text.IndexOfAny(['/', '\\', '\0', '{', '}']) < 0
            ? text
            : throw Malformed($"{what} '{text}' is not a file name", file, line);

    /// <summary>A box in fractions from edges in pixels (or fractions, with size 1) that must lie within the frame.</summary>
    internal static BoxCrop Box(double left, double top, double right, double bottom, double width, double height, string file, int line)
    {
        // Detectors' boxes pass the frame's edge by a little: what is visible of them is the box.
        var box = new BoxCrop(Math.Max(0, left / width), Math.Max(0, top / height), Math.Min(1, right / width), Math.Min(1, bottom / height));
        return width > 0 && height > 0 && box.Left < box.Right && box.Top < box.Bottom
            ? box
            : throw Malformed("the box is empty or outside the frame", file, line);
    }

    internal static DataException Malformed(string problem, string file, int line) =>
        new($"line {line}: {problem}", file, "The list is damaged or not in the format that the manifest names.");
}
