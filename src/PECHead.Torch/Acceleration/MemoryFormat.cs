using PECHead.Torch.Interop;
using TorchSharp;

namespace PECHead.Torch.Acceleration;

/// <summary>Memory formats, which TorchSharp's tensors have no method for.</summary>
public static class MemoryFormat
{
    private const long ChannelsLastFormat = 2;

    private static readonly Operator Contiguous = new("aten::contiguous");

    /// <summary>The tensor <c>[N, C, H, W]</c> with the channels of a pixel side by side in memory.</summary>
    public static torch.Tensor ChannelsLast(torch.Tensor tensor) => Contiguous.Call(tensor, ChannelsLastFormat);

    /// <summary>Lays the 4-D parameters and buffers of a module out channels last, in place.</summary>
    public static T ChannelsLast<T>(T module)
        where T : torch.nn.Module
    {
        using var quiet = torch.no_grad();
        foreach (var tensor in module.parameters().Cast<torch.Tensor>().Concat(module.buffers()))
        {
            if (tensor.ndim != 4) continue;
            using var moved = ChannelsLast(tensor);
            tensor.SetData(moved);
        }
        return module;
    }
}
