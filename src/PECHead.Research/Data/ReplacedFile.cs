namespace PECHead.Research.Data;

/// <summary>
/// A file written beside its place and moved there when whole, so that a reader sees the old file or the new one and
/// never a part of either.
/// </summary>
internal sealed class ReplacedFile : IDisposable
{
    private readonly string _target;

    public ReplacedFile(string target)
    {
        _target = Path.GetFullPath(target);
        var folder = Path.GetDirectoryName(_target) ?? throw new DataException("not a file name", target);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, folder);
        }

        // The extension stays last: ffmpeg chooses its format by it.
        AsidePath = Path.Combine(folder, $".{Path.GetFileNameWithoutExtension(_target)}.{Guid.NewGuid():N}.partial{Path.GetExtension(_target)}");
    }

    /// <summary>Where to write.</summary>
    public string AsidePath { get; }

    /// <summary>Flushes to the disk and moves into place.</summary>
    public void Commit()
    {
        try
        {
            using (var written = new FileStream(AsidePath, FileMode.Open, FileAccess.ReadWrite))
                written.Flush(flushToDisk: true);
            File.Move(AsidePath, _target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, _target);
        }
    }

    public static void WriteText(string target, string text)
    {
        using var aside = new ReplacedFile(target);
        try
        {
            File.WriteAllText(aside.AsidePath, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, target);
        }

        aside.Commit();
    }

    public void Dispose()
    {
        try
        {
            File.Delete(AsidePath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What is left has a name of its own and is never read; the error under way matters more.
        }
    }
}
