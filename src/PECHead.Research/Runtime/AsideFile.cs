namespace PECHead.Research.Runtime;

/// <summary>
/// A file written beside its place and moved there when whole, so that a reader sees the old file or the new one and never a
/// part of either.
/// </summary>
internal sealed class AsideFile : IDisposable
{
    /// <summary>Chooses the name and makes the file, empty.</summary>
    /// <param name="path">The file to make or replace, see <see cref="OutputPlace"/>; its folder must exist.</param>
    /// <exception cref="IOException">Something other than a file is there, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public AsideFile(string path)
    {
        Target = OutputPlace.Resolve(path);
        AsideName = AsidePath.For(Target);
        new FileStream(AsideName, FileMode.CreateNew, FileAccess.Write).Dispose();
    }

    /// <summary>What is replaced, links followed.</summary>
    public string Target { get; }

    /// <summary>Where to write.</summary>
    public string AsideName { get; }

    /// <summary>Flushes to the disk and moves into place.</summary>
    public void Commit()
    {
        using (var written = new FileStream(AsideName, FileMode.Open, FileAccess.ReadWrite))
            written.Flush(flushToDisk: true);
        // Once more: work may have taken hours, and what has come since must not be lost.
        OutputPlace.Resolve(Target);
        File.Move(AsideName, Target, overwrite: true);
    }

    /// <summary>Removes what was not moved.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(AsideName);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What is left has a name of its own and is never read; the error under way matters more.
        }
    }
}
