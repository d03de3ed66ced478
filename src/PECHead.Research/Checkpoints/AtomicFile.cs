namespace PECHead.Research.Checkpoints;

/// <summary>Writes a file so that its name refers to the old content or to the whole new one, never to a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes aside in the same folder, waits until the bytes are on the disk, and then renames.</summary>
    /// <param name="path">The file to make or replace; its folder must exist. A link is followed.</param>
    /// <param name="write">Writes the whole content; whatever it throws leaves the old file as it was.</param>
    /// <exception cref="IOException">The folder is missing, not writable, or full; or a device, a pipe or a folder has that name.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var aside = new AsideFile(path);
        using (var stream = new FileStream(aside.AsideName, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            write(stream);
        aside.Commit();
    }
}
