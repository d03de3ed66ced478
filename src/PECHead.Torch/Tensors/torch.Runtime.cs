using PECHead.Torch.Interop;

namespace TorchSharp;

/// <summary>Tensors, functions and modules, by the names PyTorch gives them.</summary>
public static partial class torch
{
    public static string __version__ => Native.Version;

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Current.New();

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Current.Innermost;

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static int get_num_threads() => Native.GetThreads();

    public static void set_num_threads(int num) => Native.Check(Native.SetThreads(num), nameof(set_num_threads));

    public static int get_num_interop_threads() => Native.GetInteropThreads();

    public static void set_num_interop_threads(int num) => Native.Check(Native.SetInteropThreads(num), nameof(set_num_interop_threads));

    public static bool is_grad_enabled() => Native.GradEnabled() != 0;

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Native.CudaDeviceCount();

        public static void synchronize(Device? device = null)
            => Native.Check(Native.CudaSynchronize(device?.index ?? -1), nameof(synchronize));
    }

    /// <summary>Sets whether operations are recorded for the backward pass, and restores that at its end.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();
        private bool _disposed;

        internal GradMode(bool enabled) => Native.SetGradEnabled(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            Native.SetGradEnabled(_before ? 1 : 0);
        }
    }
}
