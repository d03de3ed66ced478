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
    private readonly int _before;
    private bool _disposed;

    /// <summary>Opens a region.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <param name="type">The narrower type: BFloat16, or Float16 on CUDA.</param>
    /// <exception cref="TorchException">Another device.</exception>
    /// <exception cref="ArgumentException">A type that convolutions of the device do not compute in.</exception>
    public unsafe Autocast(DeviceType device, torch.ScalarType type)
    {
        if (type != torch.ScalarType.BFloat16 && !(type == torch.ScalarType.Float16 && device == DeviceType.CUDA))
        {
            throw new ArgumentException($"autocast to {type} on {device}: use BFloat16, or Float16 on CUDA");
        }
        _device = device;
        int before;
        Native.Check(Native.EnterAutocast((int)device, (int)type, &before), nameof(Autocast));
        _before = before;
    }

    /// <summary>Closes the region, on the thread that opened it: what held around it holds again.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Native.Check(Native.LeaveAutocast((int)_device, _before), nameof(Autocast));
    }
}
