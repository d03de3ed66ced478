namespace PECHead.Research.Data;

/// <summary>How ffmpeg is told to read a file, or a folder of pictures in the order of their names.</summary>
internal sealed class FrameInput : IDisposable
{
    private readonly string? _list;

    /// <summary>Writes the list of a folder's pictures.</summary>
    /// <param name="path">File or folder.</param>
    public FrameInput(string path)
    {
        if (!Directory.Exists(path))
        {
            Arguments = MediaTools.Input(path, decode: true);
            return;
        }
        _list = Path.Combine(Path.GetTempPath(), $"pechead-frames-{Guid.NewGuid():N}.ffconcat");
        File.WriteAllLines(_list, VideoInfo.FramesOfFolder(path).SelectMany(Entry).Prepend("ffconcat version 1.0"));
        Arguments = ["-f", "concat", "-safe", "0", "-i", "file:" + _list];
    }

    /// <summary>Arguments of ffmpeg.</summary>
    public string[] Arguments { get; }

    /// <summary>Removes the list.</summary>
    public void Dispose()
    {
        if (_list is not null) File.Delete(_list);
    }

    private static string[] Entry(string frame)
    {
        var file = $"file 'file:{Path.GetFullPath(frame).Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return MediaTools.Input(frame).Length > 1 ? [file, "option pattern_type none"] : [file];
    }
}
