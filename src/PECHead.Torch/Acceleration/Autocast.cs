using PECHead.Torch.Interop;
using TorchSharp;

namespace PECHead.Torch.Acceleration;

/// <summary>
/// Mixed precision: until disposed, convolutions and matrix products of this thread compute in a narrower type while
/// parameters and reductions stay float32. Regions nest.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly DeviceType _device;
    private readonly torch.ScalarType _type;
    private bool _disposed;

    /// <summary>Opens a region.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <param name="type">The narrower type: BFloat16, or Float16 on CUDA.</param>
    public Autocast(DeviceType device, torch.ScalarType type)
    {
        (_device, _type) = (device, type);
        Native.Check(Native.SetAutocast((int)device, 1, (int)type), nameof(Autocast));
    }

    /// <summary>Closes the region.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Native.Check(Native.SetAutocast((int)_device, 0, (int)_type), nameof(Autocast));
    }
}
