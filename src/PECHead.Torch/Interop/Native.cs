using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PECHead.Torch.Interop;

/// <summary>The C ABI of native/pechead_torch.h, declaration for declaration.</summary>
internal static unsafe partial class Native
{
    private const string Library = "pechead_torch";

    [StructLayout(LayoutKind.Sequential)]
    internal struct TensorInfo
    {
        public long Dimensions;
        public long Elements;
        public long ElementSize;
        public long ScalarType;
        public long DeviceType;
        public long DeviceIndex;
        public long RequiresGrad;
        public long IsLeaf;
        public long IsContiguous;
    }

    static Native()
    {
        // libgomp reads its policy when it is loaded, from the C environment (which .NET's setter does not reach).
        // Spinning idle threads make a convolution several times slower on a machine with other work.
        _ = SetEnvironment("OMP_WAIT_POLICY", "passive", 0);

        // Debian's libtorch starts with one thread.
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null) _ = SetThreads(Environment.ProcessorCount);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "pt_error")]
    private static partial byte* Error();

    [LibraryImport(Library, EntryPoint = "pt_find_operator", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindOperator(string name, string overload);

    [LibraryImport(Library, EntryPoint = "pt_call")]
    internal static partial int Call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);

    [LibraryImport(Library, EntryPoint = "pt_free")]
    internal static partial void Free(nint memory);

    [LibraryImport(Library, EntryPoint = "pt_release")]
    internal static partial void Release(nint tensor);

    [LibraryImport(Library, EntryPoint = "pt_info")]
    internal static partial int Info(nint tensor, TensorInfo* info);

    [LibraryImport(Library, EntryPoint = "pt_sizes")]
    internal static partial int Sizes(nint tensor, long* sizes, long* strides, int capacity);

    [LibraryImport(Library, EntryPoint = "pt_data")]
    internal static partial void* Data(nint tensor);

    [LibraryImport(Library, EntryPoint = "pt_detached_alias")]
    internal static partial nint DetachedAlias(nint tensor);

    [LibraryImport(Library, EntryPoint = "pt_set_data")]
    internal static partial int SetData(nint tensor, nint source);

    [LibraryImport(Library, EntryPoint = "pt_backward")]
    internal static partial int Backward(nint* tensors, nint* gradients, int count, int retainGraph, int createGraph, nint* inputs, int inputCount);

    [LibraryImport(Library, EntryPoint = "pt_grad")]
    internal static partial int Grad(nint* outputs, nint* outputGradients, int outputCount, nint* inputs, int inputCount,
        int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library, EntryPoint = "pt_get_grad")]
    internal static partial int GetGrad(nint tensor, nint* gradient);

    [LibraryImport(Library, EntryPoint = "pt_set_grad")]
    internal static partial int SetGrad(nint tensor, nint gradient);

    [LibraryImport(Library, EntryPoint = "pt_set_requires_grad")]
    internal static partial int SetRequiresGrad(nint tensor, int value);

    [LibraryImport(Library, EntryPoint = "pt_grad_enabled")]
    internal static partial int GradEnabled();

    [LibraryImport(Library, EntryPoint = "pt_set_grad_enabled")]
    internal static partial void SetGradEnabled(int enabled);

    [LibraryImport(Library, EntryPoint = "pt_version")]
    private static partial byte* VersionText();

    [LibraryImport(Library, EntryPoint = "pt_get_threads")]
    internal static partial int GetThreads();

    [LibraryImport(Library, EntryPoint = "pt_set_threads")]
    internal static partial int SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "pt_get_interop_threads")]
    internal static partial int GetInteropThreads();

    [LibraryImport(Library, EntryPoint = "pt_set_interop_threads")]
    internal static partial int SetInteropThreads(int threads);

    [LibraryImport(Library, EntryPoint = "pt_cuda_device_count")]
    internal static partial int CudaDeviceCount();

    [LibraryImport(Library, EntryPoint = "pt_cuda_synchronize")]
    internal static partial int CudaSynchronize(int device);

    [LibraryImport(Library, EntryPoint = "pt_get_autocast")]
    internal static partial int GetAutocast(int deviceType, int* enabled, int* scalarType);

    [LibraryImport(Library, EntryPoint = "pt_enter_autocast")]
    internal static partial void EnterAutocast();

    [LibraryImport(Library, EntryPoint = "pt_leave_autocast")]
    internal static partial void LeaveAutocast();

    [LibraryImport(Library, EntryPoint = "pt_set_autocast")]
    internal static partial int SetAutocast(int deviceType, int enabled, int scalarType);

    [LibraryImport(Library, EntryPoint = "pt_manual_seed")]
    internal static partial int ManualSeed(long seed);

    [LibraryImport(Library, EntryPoint = "pt_new_generator")]
    internal static partial nint NewGenerator(int deviceType, int deviceIndex, long seed);

    [LibraryImport(Library, EntryPoint = "pt_default_generator")]
    internal static partial nint DefaultGenerator(int deviceType, int deviceIndex);

    [LibraryImport(Library, EntryPoint = "pt_release_generator")]
    internal static partial void ReleaseGenerator(nint generator);

    [LibraryImport(Library, EntryPoint = "pt_seed_generator")]
    internal static partial int SeedGenerator(nint generator, long seed);

    [LibraryImport(Library, EntryPoint = "pt_generator_seed")]
    internal static partial long GeneratorSeed(nint generator);

    [LibraryImport(Library, EntryPoint = "pt_get_generator_state")]
    internal static partial nint GetGeneratorState(nint generator);

    [LibraryImport(Library, EntryPoint = "pt_set_generator_state")]
    internal static partial int SetGeneratorState(nint generator, nint state);

    internal static string Version => Marshal.PtrToStringUTF8((nint)VersionText())!;

    internal static string LastError => Marshal.PtrToStringUTF8((nint)Error()) ?? "unknown error";

    /// <summary>Turns a negative status into an exception that names the function which failed.</summary>
    internal static int Check(int status, [CallerMemberName] string function = "")
        => status >= 0 ? status : throw new TorchException($"{function}: {LastError}");

    /// <summary>Turns a null handle into an exception that names the function which failed.</summary>
    internal static nint Check(nint handle, [CallerMemberName] string function = "")
        => handle != 0 ? handle : throw new TorchException($"{function}: {LastError}");
}
