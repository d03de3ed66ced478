namespace PECHead.Research.Data;

/// <summary>
/// TalkingHead-1KH's tube lists: one line "name,H,W,S,E,L,T,R,B" per clip, where name is a one-minute chunk
/// videoid_NNNN, H and W the frame size that the box is counted in, S and E the first and last frame (both within), and
/// L, T, R, B the box in pixels.
/// </summary>
internal static class TalkingHead1KhList
{
    private const int ChunkSuffix = 5;

    public static IReadOnlyList<ListedClip> Read(string file)
    {
        if (!File.Exists(file))
            throw new DataException("no such list", file, "Unpack the data set's data_list there, or correct 'list' in the manifest.");
        var clips = new List<ListedClip>();
        var line = 0;
        foreach (var text in File.ReadLines(file))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
                clips.Add(Parse(text.Trim(), file, line));
        }

        return clips.Count > 0 ? clips : throw ClipList.Malformed("the list is empty", file, 1);
    }

    private static ListedClip Parse(string text, string file, int line)
    {
        var cells = text.Split(',');
        if (cells.Length != 9)
            throw ClipList.Malformed($"expected name,H,W,S,E,L,T,R,B, found {cells.Length} values", file, line);
        var name = ClipList.Part(cells[0], "the name", file, line);
        double Cell(int i) => ClipList.Number(cells[i], "the value", file, line);
        var (height, width, first, last) = (Cell(1), Cell(2), Cell(3), Cell(4));
        if (last < first || last >= int.MaxValue)
            throw ClipList.Malformed("the clip ends before it starts", file, line);
        var clip = $"{name}_S{cells[3]}_E{cells[4]}_L{cells[5]}_T{cells[6]}_R{cells[7]}_B{cells[8]}";
        var box = ClipList.Box(Cell(5), Cell(6), Cell(7), Cell(8), width, height, file, line);
        return new ListedClip(clip, Identity(name), name, clip, new FrameRange((int)first, (int)last + 1), box);
    }

    // The list names no persons; chunks of one upload show one speaker more often than not.
    private static string Identity(string name) =>
        name.Length > ChunkSuffix && name[^ChunkSuffix] == '_' && name[^(ChunkSuffix - 1)..].All(char.IsAsciiDigit) ? name[..^ChunkSuffix] : name;
}
