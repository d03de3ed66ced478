using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>A folder of numbered pictures, written beside its place and moved there when whole.</summary>
internal sealed partial class PictureFolder : IDisposable
{
    private const string NameAnother = "Name a new or an empty folder.";

    // Frames of others have the same names: only a folder with this file is replaced.
    private const string Mark = ".pechead";

    private readonly string _target;

    /// <summary>Makes the folder beside the place.</summary>
    /// <param name="target">The folder to make; an empty one, or one that was made so, is replaced.</param>
    /// <exception cref="DataException">Other files are there, or it cannot be written.</exception>
    public PictureFolder(string target)
    {
        try
        {
            _target = Require(target);
            Directory.CreateDirectory(Path.GetDirectoryName(_target) ?? throw new DataException("not a folder's name", target));
            AsideName = AsidePath.For(_target);
            Directory.CreateDirectory(AsideName);
            File.WriteAllText(Path.Combine(AsideName, Mark), "The pictures in this folder are a result. The next result of this name replaces the folder.\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, target);
        }
    }

    /// <summary>Requires nothing to be at the place but an earlier result.</summary>
    /// <param name="target">The folder to make.</param>
    /// <returns>Its full name, where links lead.</returns>
    /// <exception cref="DataException">A file is there, or a folder with other files.</exception>
    public static string Require(string target)
    {
        var place = OutputPlace.Followed(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)));
        if (FileIdentity.Of(place).Kind is PathKind.File or PathKind.Special)
            throw new DataException("a file is where the folder should go", target, "Choose another name.");
        if (!Directory.Exists(place)) return place;
        FileSystemInfo[] there = [.. new DirectoryInfo(place).EnumerateFileSystemInfos().Where(entry => entry is DirectoryInfo || entry.Name != Mark)];
        if (there.FirstOrDefault(entry => entry is DirectoryInfo || !Numbered().IsMatch(entry.Name)) is { } other)
            throw new DataException($"this folder holds other files, as {other.Name}, and will not be replaced", target, NameAnother);
        if (there.Length > 0 && !File.Exists(Path.Combine(place, Mark)))
            throw new DataException("this folder holds pictures that pechead did not write, and will not be replaced", target, NameAnother);
        return place;
    }

    /// <summary>Where to write.</summary>
    public string AsideName { get; }

    /// <summary>The names of the pictures for ffmpeg, in which a percent sign begins the number.</summary>
    public string Pattern => Path.Combine(AsideName.Replace("%", "%%", StringComparison.Ordinal), "%06d.png");

    /// <summary>Moves the folder into place.</summary>
    public void Commit()
    {
        try
        {
            ReplacedFolder.Swap(AsideName, _target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, _target);
        }
    }

    /// <summary>Removes what was not moved.</summary>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(AsideName)) Directory.Delete(AsideName, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What is left has a name of its own and is never read; the error under way matters more.
        }
    }

    [GeneratedRegex(@"^\d{6,}\.png$")]
    private static partial Regex Numbered();
}
