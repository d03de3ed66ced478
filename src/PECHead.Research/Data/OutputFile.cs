namespace PECHead.Research.Data;

/// <summary>Guards what is read against being written over.</summary>
public static class OutputFile
{
    /// <summary>Requires a result to be none of the files that it is made of.</summary>
    /// <param name="output">The file or folder to be made.</param>
    /// <param name="inputs">Files that are read; of a folder, no file inside may be replaced.</param>
    /// <exception cref="DataException">It is one of them, also through links, or a part of a frame store; or no file can be there.</exception>
    public static void Require(string output, params IEnumerable<string> inputs)
    {
        var place = FileIdentity.Of(output);
        foreach (var input in inputs)
        {
            var read = FileIdentity.Of(input);
            if (place.IsSameFile(read))
                throw new DataException($"the result would replace what it is made of, {input}", output, "Choose another name for the result.");
            if (read.Kind == PathKind.Folder && place.Kind != PathKind.Nothing && Folders(output).Any(folder => FileIdentity.Of(folder).IsSameFile(read)))
                throw new DataException($"the result would replace a file of {input}", output, "Choose another name for the result.");
        }
        if (place.Kind == PathKind.File && File.Exists(Path.Combine(Folders(output).First(), FrameStoreFiles.Checksum)))
            throw new DataException("the result would replace a file of a frame store", output, "Choose another name for the result.");
        if (place.Kind == PathKind.Special || (place.Kind == PathKind.Folder && !Path.EndsInDirectorySeparator(output)))
            throw new DataException($"{(place.Kind == PathKind.Folder ? "a folder" : "a device, a pipe or a socket")} is there, and only a file is replaced", output, "Choose another name for the result.");
    }

    // From the innermost on, where links lead.
    private static IEnumerable<string> Folders(string path)
    {
        var full = OutputPlace.Followed(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        for (var folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder)) yield return folder;
    }
}
