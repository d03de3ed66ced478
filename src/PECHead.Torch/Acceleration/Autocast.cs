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
    private readonly int _enabledBefore;
    private readonly int _typeBefore;
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
        int enabled, before;
        Native.Check(Native.GetAutocast((int)device, &enabled, &before), nameof(Autocast));
        (_enabledBefore, _typeBefore) = (enabled, before);
        Native.Check(Native.SetAutocast((int)device, 1, (int)type), nameof(Autocast));
        Native.EnterAutocast();
    }

    /// <summary>Closes the region, on the thread that opened it: what held around it holds again.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Native.LeaveAutocast();
        Native.Check(Native.SetAutocast((int)_device, _enabledBefore, _typeBefore), nameof(Autocast));
    }
}
