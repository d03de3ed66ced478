namespace PECHead.Research.Runtime;

/// <summary>Where a result may be written: over a file, or where nothing is.</summary>
internal static class OutputPlace
{
    /// <summary>The file that will be replaced: a link is followed, so that its target is written and the link stays.</summary>
    /// <param name="path">As the user named it.</param>
    /// <exception cref="IOException">A folder, device, pipe or socket is there.</exception>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        if (Path.GetFileName(full).Length == 0) throw new IOException("this is the name of a folder, not of a file");
        switch (FileIdentity.Of(full).Kind)
        {
            case PathKind.Folder:
                throw new IOException("a folder is there, and only a file is replaced");
            case PathKind.Special:
                throw new IOException("a device, a pipe or a socket is there, and only a file is replaced");
        }
        return Followed(full);
    }

    /// <summary>Where a link leads in the end, there or not; any other path as it is.</summary>
    /// <param name="path">Full path.</param>
    public static string Followed(string path)
        => new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
}
