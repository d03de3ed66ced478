using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>The memory of tensors that libtorch and managed code both work on.</summary>
internal static class DenseMemory
{
    /// <summary>The elements of a tensor in the order in which they lie in memory.</summary>
    /// <param name="tensor">A float32 tensor on the CPU, contiguous or channels last. It must outlive the span.</param>
    /// <param name="elements">The memory itself, not a copy.</param>
    /// <returns>False for another type, device or layout.</returns>
    public static bool TryGet(Tensor tensor, out Span<float> elements)
    {
        elements = default;
        if (tensor.dtype != ScalarType.Float32 || tensor.device_type != TorchSharp.DeviceType.CPU) return false;
        if (tensor.is_contiguous())
        {
            elements = MemoryMarshal.Cast<byte, float>(tensor.bytes);
            return true;
        }
        if (tensor.ndim != 4) return false;
        using var rows = tensor.permute(0, 2, 3, 1);
        if (!rows.is_contiguous()) return false;
        // The view is freed, the memory is the tensor's.
        elements = MemoryMarshal.Cast<byte, float>(rows.bytes);
        return true;
    }
}
