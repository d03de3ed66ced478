using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>
/// Mixed precision of libtorch for the calling thread, which TorchSharp has no method for: until disposal, convolutions and
/// matrix products compute in bfloat16, while parameters and reductions stay float32. Regions nest.
/// </summary>
/// <remarks>
/// The functions are looked up in <c>libtorch_cpu</c> by the names that GCC and Clang give them. Where they are not found
/// (Windows, another libtorch), <see cref="IsAvailable"/> is false.
/// </remarks>
internal sealed class Autocast : IDisposable
{
    private static readonly NativeFunctions? Native = NativeFunctions.Find();

    private readonly sbyte _device;
    private readonly byte _enabledBefore;
    private readonly sbyte _typeBefore;
    private bool _disposed;

    /// <summary>Opens a region.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <exception cref="NotSupportedException">libtorch does not offer it here; see <see cref="IsAvailable"/>.</exception>
    public Autocast(DeviceType device)
    {
        var native = Native ?? throw new NotSupportedException("this libtorch does not export its mixed precision; use Precision.Full");
        _device = (sbyte)device;
        _enabledBefore = native.IsEnabled(_device);
        _typeBefore = native.GetScalarType(_device);
        native.SetScalarType(_device, (sbyte)ScalarType.BFloat16);
        native.SetEnabled(_device, 1);
        native.Enter();
    }

    /// <summary>Whether libtorch offers mixed precision here.</summary>
    public static bool IsAvailable => Native is not null;

    /// <summary>What the thread's convolutions compute in on <paramref name="device"/>; absent outside of every region.</summary>
    public static ScalarType? Type(DeviceType device)
        => Native is not null && Native.IsEnabled((sbyte)device) != 0 ? (ScalarType)Native.GetScalarType((sbyte)device) : null;

    /// <summary>Closes the region, on the thread that opened it: what held around it holds again.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        // Casts of parameters are kept for the duration of the outermost region and dropped with it.
        if (Native!.Leave() == 0) Native.ClearCache();
        Native.SetScalarType(_device, _typeBefore);
        Native.SetEnabled(_device, _enabledBefore);
    }

    // Booleans and enumerations of one byte are passed as bytes.
    private delegate byte IsEnabled(sbyte device);

    private delegate void SetEnabled(sbyte device, byte enabled);

    private delegate sbyte GetScalarType(sbyte device);

    private delegate void SetScalarType(sbyte device, sbyte type);

    private delegate int Nest();

    private delegate void Clear();

    private sealed record NativeFunctions(
        IsEnabled IsEnabled, SetEnabled SetEnabled, GetScalarType GetScalarType, SetScalarType SetScalarType, Nest Enter, Nest Leave, Clear ClearCache)
    {
        public static NativeFunctions? Find()
        {
            // Any use of torch loads the native libraries from where TorchSharp finds them.
            using (zeros(1))
            {
            }
            if (!TryLoad(out var library)) return null;
            T? At<T>(string name) where T : Delegate => NativeLibrary.TryGetExport(library, name, out var address)
                ? Marshal.GetDelegateForFunctionPointer<T>(address)
                : null;
            return At<IsEnabled>("_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE") is { } isEnabled
                && At<SetEnabled>("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb") is { } setEnabled
                && At<GetScalarType>("_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE") is { } getType
                && At<SetScalarType>("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE") is { } setType
                && At<Nest>("_ZN2at8autocast17increment_nestingEv") is { } enter
                && At<Nest>("_ZN2at8autocast17decrement_nestingEv") is { } leave
                && At<Clear>("_ZN2at8autocast11clear_cacheEv") is { } clear
                ? new NativeFunctions(isEnabled, setEnabled, getType, setType, enter, leave, clear)
                : null;
        }

        // The libraries that TorchSharp has loaded, under the name that each system gives them.
        private static bool TryLoad([NotNullWhen(true)] out nint library)
        {
            string name = OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
            var loaded = Process.GetCurrentProcess().Modules.Cast<ProcessModule>()
                .FirstOrDefault(module => string.Equals(module.ModuleName, name, StringComparison.Ordinal));
            library = 0;
            return loaded is not null && NativeLibrary.TryLoad(loaded.FileName, out library);
        }
    }
}
