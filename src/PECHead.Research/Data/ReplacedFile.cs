namespace PECHead.Research.Data;

/// <summary>
/// A file written beside its place and moved there when whole, in a folder that is made where there is none, with errors that say
/// what to do.
/// </summary>
public sealed class ReplacedFile : IDisposable
{
    private readonly AsideFile _aside;

    /// <summary>Makes the folder and the empty file beside the place, so that a place that cannot be written is known before work begins.</summary>
    /// <param name="target">The file to make or replace.</param>
    /// <exception cref="DataException">It cannot be written.</exception>
    public ReplacedFile(string target)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target)) ?? throw new DataException("not a file name", target));
            _aside = new AsideFile(target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, target);
        }
    }

    /// <summary>Where to write.</summary>
    public string AsidePath => _aside.AsideName;

    /// <summary>Flushes to the disk and moves into place.</summary>
    public void Commit()
    {
        try
        {
            _aside.Commit();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, _aside.Target);
        }
    }

    /// <summary>Writes a whole file.</summary>
    /// <param name="target">The file to make or replace.</param>
    /// <param name="bytes">Its content.</param>
    public static void Write(string target, byte[] bytes)
    {
        using var aside = new ReplacedFile(target);
        try
        {
            File.WriteAllBytes(aside.AsidePath, bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, target);
        }

        aside.Commit();
    }

    /// <summary>Writes a whole text.</summary>
    /// <param name="target">The file to make or replace.</param>
    /// <param name="text">Its content, written as UTF-8.</param>
    public static void WriteText(string target, string text) => Write(target, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Removes what was not moved.</summary>
    public void Dispose() => _aside.Dispose();
}
