using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Interactive;

/// <summary>Tensors shown as pictures, when asked for.</summary>
public static class TensorImages
{
    /// <summary>Frames side by side, or channels as heat maps.</summary>
    /// <param name="tensor">[3, H, W] or [N, 3, H, W] of RGB in [0, 1]; [H, W], [C, H, W] or [N, 1, H, W] of any values.</param>
    /// <param name="cellWidth">Width of each in pixels.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public static Figure AsImages(this Tensor tensor, int cellWidth = 128)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.shape switch
        {
            [3, _, _] => new ImageGrid(tensor.unsqueeze(0)) { CellWidth = cellWidth },
            [_, 3, _, _] => new ImageGrid(tensor) { CellWidth = cellWidth },
            [_, _] => new ChannelGrid(tensor.unsqueeze(0)) { CellWidth = cellWidth },
            [_, _, _] => new ChannelGrid(tensor) { CellWidth = cellWidth },
            [_, 1, _, _] => new ChannelGrid(tensor.squeeze(1)) { CellWidth = cellWidth },
            _ => throw new ArgumentException($"a tensor of [{string.Join(", ", tensor.shape)}] is no picture: expected [3, H, W], [N, 3, H, W], [H, W], [C, H, W] or [N, 1, H, W]", nameof(tensor)),
        };
    }
}
