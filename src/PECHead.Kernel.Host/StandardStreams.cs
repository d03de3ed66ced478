using System.Runtime.InteropServices;
using PECHead.Kernel.Protocol;

namespace PECHead.Kernel.Host;

/// <summary>What native code prints goes through the C library's buffers, which fill up in a pipe and are lost in a crash.</summary>
internal static class StandardStreams
{
    private const int LineBuffering = 1;

    /// <summary>Lets native text leave at the end of each line.</summary>
    public static void LineBuffered()
    {
        if (!OperatingSystem.IsLinux()) return;
        var library = NativeLibrary.Load("libc.so.6");
        _ = SetBuffering(Marshal.ReadIntPtr(NativeLibrary.GetExport(library, "stdout")), 0, LineBuffering, 0);
    }

    /// <summary>Sends what is left of a cell's native text and marks its end.</summary>
    public static void EndCell(string id)
    {
        if (!OperatingSystem.IsWindows()) _ = Flush(0);
        var mark = NativeText.Mark(id);
        foreach (var stream in new[] { Console.OpenStandardOutput(), Console.OpenStandardError() })
        {
            using (stream) stream.Write(mark);
        }
    }

    [DllImport("libc", EntryPoint = "setvbuf"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetBuffering(nint file, nint buffer, int mode, nuint size);

    [DllImport("libc", EntryPoint = "fflush"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(nint file);
}
