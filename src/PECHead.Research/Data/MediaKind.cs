namespace PECHead.Research.Data;

/// <summary>Recognises by name and by content what is not read, so that a message can say what to do instead.</summary>
public static class MediaKind
{
    private const int StartBytes = 64;

    private const byte Animation = 0x02;

    /// <summary>Requires a file that may be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it should be: "video", "picture" or "folder".</param>
    /// <exception cref="DataException">An address, no such file, or a kind that is not read.</exception>
    public static void Require(string path, string what)
    {
        RefuseAddress(path);
        switch (FileIdentity.Of(path).Kind)
        {
            case PathKind.Nothing:
                throw new DataException($"no such {(what == "folder" ? what : "file")}", path, "Check the path.");
            case PathKind.Folder when what == "picture":
                throw new DataException("this is a folder, not a picture", path, "Name a file in it.");
            case PathKind.Special:
                throw new DataException("this is a device, a pipe or a socket, not a file", path, "Save it as a file first.");
        }
        var start = new byte[StartBytes];
        int count;
        try
        {
            using var file = File.OpenRead(path);
            count = file.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, path);
        }
        var (kind, remedy) = Refused(start.AsSpan(0, count), what == "video");
        if (kind is not null) throw new DataException($"{kind} is not read", path, remedy);
    }

    /// <summary>Refuses an address where a file or folder is meant.</summary>
    /// <param name="path">What the user named.</param>
    /// <exception cref="DataException">An address.</exception>
    public static void RefuseAddress(string path)
    {
        if (!path.Contains("://", StringComparison.Ordinal) || File.Exists(path)) return;
        throw new DataException("this is an address, not a file", path, path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            ? "Give the name of the file alone, without file://."
            : "Download it first, and give the name of the file.");
    }

    // Formats that ffmpeg does not know, or of which it shows a part and calls it the whole.
    private static (string? Kind, string Remedy) Refused(ReadOnlySpan<byte> start, bool asVideo)
    {
        if (start.Length > 12 && (start[4..].StartsWith("ftyphei"u8) || start[4..].StartsWith("ftyphev"u8) || (start[4..].StartsWith("ftypmif1"u8) && start.IndexOf("heic"u8) > 0)))
            return ("an HEIC photograph", "Save it as JPEG or PNG first (on an iPhone: Settings, Camera, Formats, Most Compatible; elsewhere: heif-convert photo.heic photo.jpg).");
        if (start.StartsWith("%PDF"u8))
            return ("a PDF document", "Save it as PNG or JPEG first.");
        if (start.StartsWith("<svg"u8) || start.StartsWith("<?xml"u8))
            return ("an SVG drawing", "Save it as PNG or JPEG first.");
        if (asVideo && start.Length > 20 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBPVP8X"u8) && (start[20] & Animation) != 0)
            return ("an animated WebP", "Convert it to MP4 or GIF first, for example on a page that does so: ffmpeg cannot read it.");
        return (null, "");
    }
}
