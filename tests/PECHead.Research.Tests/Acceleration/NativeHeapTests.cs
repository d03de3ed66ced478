using PECHead.Research.Acceleration;

namespace PECHead.Research.Tests.Acceleration;

public sealed class NativeHeapTests
{
    [Fact]
    public void The_C_library_of_a_Linux_system_can_be_told_to_keep_freed_memory()
    {
        var isGlibc = OperatingSystem.IsLinux() && File.ReadAllText("/proc/self/maps").Contains("/libc.so.6", StringComparison.Ordinal);
        Assert.Equal(isGlibc, NativeHeap.KeepFreed());
    }
}
