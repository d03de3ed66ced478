using System.Runtime.InteropServices;

namespace PECHead.Research.Acceleration;

/// <summary>The memory that libtorch's tensors come from.</summary>
public static unsafe class NativeHeap
{
    private const int TrimThreshold = -1, MapThreshold = -3;
    private const int Kept = 1 << 30;

    /// <summary>
    /// Lets the C library keep freed memory for the next tensors of this process. By itself, glibc returns activations of a few megabytes to the system after every
    /// layer, and the system clears every page anew: that took a third of the time of the face networks.
    /// </summary>
    /// <returns>Whether the library could be told; others than glibc manage by themselves.</returns>
    public static bool KeepFreed()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var library) || !NativeLibrary.TryGetExport(library, "mallopt", out var entry)) return false;
        var mallopt = (delegate* unmanaged<int, int, int>)entry;
        return mallopt(TrimThreshold, Kept) == 1 & mallopt(MapThreshold, Kept) == 1;
    }
}
