using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>
/// What makes models fast and is not in TorchSharp's API: mixed precision and memory layout. With the project's own
/// binding both are native; with the TorchSharp packages the layout is composed of ordinary operations and mixed
/// precision falls back to float32.
/// </summary>
public static class Accelerator
{
    /// <summary>Whether <see cref="MixedPrecision"/> changes anything.</summary>
#if PECHEAD_TORCH
    public static bool HasMixedPrecision => true;
#else
    public static bool HasMixedPrecision => false;
#endif

    /// <summary>The thread's convolutions and matrix products run in <paramref name="precision"/> until disposal.</summary>
    /// <param name="device">The device of the tensors.</param>
    /// <param name="precision">The arithmetic; parameters and their gradients stay float32.</param>
    public static IDisposable MixedPrecision(Device device, Precision precision)
    {
#if PECHEAD_TORCH
        if (precision == Precision.Mixed) return new Torch.Acceleration.Autocast(device.type, ScalarType.BFloat16);
#endif
        return new Unchanged();
    }

    /// <summary>Lays a batch of frames out with the channels of a pixel side by side, which convolutions prefer.</summary>
    /// <param name="frames">[N, C, H, W].</param>
    /// <returns>The same values and shape.</returns>
    public static Tensor ChannelsLast(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return frames.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Lays the weights of a module out in the same way, in place.</summary>
    /// <param name="module">Any module; without the native path it stays as it is, which is correct but slower.</param>
    public static void ChannelsLast(nn.Module module)
    {
#if PECHEAD_TORCH
        Torch.Acceleration.MemoryFormat.ChannelsLast(module);
#endif
    }

    private sealed class Unchanged : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
