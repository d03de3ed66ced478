namespace PECHead.Research.Data;

/// <summary>Guards what is read against being written over, and finds out before work begins that a result has no place.</summary>
public static class OutputFile
{
    /// <summary>Requires a result to have a place where it can be written, and to be none of the files that it is made of.</summary>
    /// <param name="output">The file or folder to be made.</param>
    /// <param name="inputs">Files that are read; of a folder, no file inside may be replaced.</param>
    /// <exception cref="DataException">It is one of them, also through links, or a part of a frame store; or nothing can be written there.</exception>
    public static void Require(string output, params IEnumerable<string> inputs)
    {
        RequirePlace(output);
        var place = FileIdentity.Of(output);
        foreach (var input in inputs)
        {
            var read = FileIdentity.Of(input);
            if (place.IsSameFile(read))
                throw new DataException($"the result would replace what it is made of, {input}", output, "Choose another name for the result.");
            // A folder of pictures is replaced as a whole.
            if (place.Kind == PathKind.Folder && read.Kind != PathKind.Nothing && Folders(input).Any(folder => FileIdentity.Of(folder).IsSameFile(place)))
                throw new DataException($"the result would replace a folder that holds what it is made of, {input}", output, "Choose another name for the result.");
            if (read.Kind == PathKind.Folder && place.Kind != PathKind.Nothing && Folders(output).Any(folder => FileIdentity.Of(folder).IsSameFile(read)))
                throw new DataException($"the result would replace a file of {input}", output, "Choose another name for the result.");
        }
        if (place.Kind == PathKind.File && File.Exists(Path.Combine(Folders(output).First(), FrameStoreFiles.Checksum)))
            throw new DataException("the result would replace a file of a frame store", output, "Choose another name for the result.");
        if (place.Kind == PathKind.Special || (place.Kind == PathKind.Folder && !Path.EndsInDirectorySeparator(output)))
            throw new DataException($"{(place.Kind == PathKind.Folder ? "a folder" : "a device, a pipe or a socket")} is there, and only a file is replaced", output, "Choose another name for the result.");
    }

    private static void RequirePlace(string output)
    {
        const string Another = "Choose another name or folder for the result.";
        if (output.Contains("://", StringComparison.Ordinal)) throw new DataException("this is an address, and a result is written to a file of this computer", output, Another);
        if (string.IsNullOrWhiteSpace(output) || output.Contains('\0', StringComparison.Ordinal)) throw new DataException("this is no name of a file", output, Another);
        try
        {
            if (Path.EndsInDirectorySeparator(output)) PictureFolder.Require(output);
            // A link that leads nowhere is there too.
            var folder = Folders(output).First(one => FileIdentity.Of(one).Kind != PathKind.Nothing || new FileInfo(one).LinkTarget is not null);
            if (FileIdentity.Of(folder).Kind != PathKind.Folder) throw new DataException($"{folder} is no folder", output, Another);
            // Nobody else can say whether a file may be made here.
            new FileStream(AsidePath.For(Path.Combine(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(output)))), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, output);
        }
    }

    // From the innermost on, where links lead.
    private static IEnumerable<string> Folders(string path)
    {
        var full = OutputPlace.Followed(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        for (var folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder)) yield return folder;
    }
}
