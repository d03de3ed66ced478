namespace PECHead.Research.Data;

/// <summary>
/// VFHQ's meta_info: a folder of files Clip+videoid+Pn+Cn+Fstart-end.txt, each with lines whose first word is H, W, FPS
/// and CROP (the box x0 y0 x1 y1 in pixels of the H x W frame) and whose last words are the values. The frame numbers of
/// the name count at FPS and enclose the clip.
/// </summary>
internal static class VfhqList
{
    public static IReadOnlyList<ListedClip> Read(string folder) => [.. ClipList.Files(folder, ".txt").Select(ReadFile)];

    private static ListedClip ReadFile(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (name.Split('+') is not ["Clip", var video, ['P', ..] person, ['C', ..], ['F', .. var frames]] || frames.Split('-') is not [var from, var to])
            throw new DataException("the name is not Clip+video+P+C+Fstart-end.txt", file, "The list is not in VFHQ's format.");
        ClipList.Part(video, "the video", file, 1);
        var lines = File.ReadAllLines(file);
        var height = Values(lines, "H", 1, file)[0];
        var width = Values(lines, "W", 1, file)[0];
        var rate = Values(lines, "FPS", 1, file)[0];
        var crop = Values(lines, "CROP", 4, file);
        var (first, end) = (ClipList.Number(from, "the first frame", file, 1) + 1, ClipList.Number(to, "the last frame", file, 1));
        if (rate is <= 0 or > 1000 || end <= first)
            throw ClipList.Malformed("the rate or the frames are out of range", file, 1);
        var box = ClipList.Box(crop[0], crop[1], crop[2], crop[3], width, height, file, 1);
        return new ListedClip(name, $"{video}+{person}", video, name, new SecondsRange(first / rate, end / rate), box);
    }

    private static double[] Values(string[] lines, string key, int count, string file)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > count && words[0] == key)
                return [.. words[^count..].Select(word => ClipList.Number(word, key, file, i + 1))];
        }

        throw ClipList.Malformed($"no line '{key}' with {count} values", file, 1);
    }
}
