using System.Runtime.InteropServices;

namespace PECHead.Research.Runtime;

/// <summary>What stands at a path.</summary>
internal enum PathKind
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A file with content.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device, a pipe or a socket: what is written to it is not kept.</summary>
    Special,
}

/// <summary>Which file a path leads to, through links: two paths with equal identities are one file.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Device">Number of the disk; 0 where the system has none.</param>
/// <param name="Node">Number of the file on it.</param>
/// <param name="Name">The full path where files have no numbers (Windows).</param>
internal readonly partial record struct FileIdentity(PathKind Kind, long Device, long Node, string Name)
{
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int FolderType = 0x4000;

    /// <summary>Looks at a path; opens nothing, so that no pipe waits.</summary>
    /// <param name="path">Any path.</param>
    public static FileIdentity Of(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var kind = File.Exists(path) ? PathKind.File : Directory.Exists(path) ? PathKind.Folder : PathKind.Nothing;
            return new FileIdentity(kind, 0, 0, Path.GetFullPath(path).ToUpperInvariant());
        }
        return Stat(path, out var status) != 0
            ? new FileIdentity(PathKind.Nothing, 0, 0, Path.GetFullPath(path))
            : new FileIdentity((status.Mode & TypeMask) switch { RegularType => PathKind.File, FolderType => PathKind.Folder, _ => PathKind.Special }, status.Device, status.Node, "");
    }

    /// <summary>Whether both paths lead to one file that is there.</summary>
    /// <param name="other">Of the other path.</param>
    public bool IsSameFile(FileIdentity other) => Kind != PathKind.Nothing && this == other;

    // The runtime's own stat: the same layout on all systems that are not Windows.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, out FileStatus status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(4)]
        public int Mode;

        [FieldOffset(88)]
        public long Device;

        [FieldOffset(104)]
        public long Node;
    }
}
