using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Data;

/// <summary>Pictures from tensors.</summary>
public static class FrameImage
{
    /// <summary>Rounds a frame to 8 bits.</summary>
    /// <param name="frame">[3, H, W], RGB in [0, 1]; values outside are clipped.</param>
    public static RgbImage FromTensor(Tensor frame)
    {
        TensorGuard.Shape(frame, nameof(frame), 3, TensorGuard.Some, TensorGuard.Some);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var bytes = (frame.to(ScalarType.Float32) * 255).round().clamp(0, 255).to(ScalarType.Byte)
            .permute(1, 2, 0).contiguous().cpu();
        return new RgbImage((int)frame.size(2), (int)frame.size(1), bytes.data<byte>().ToArray());
    }

    /// <summary>Rounds frames to 8 bits.</summary>
    /// <param name="frames">[N, 3, H, W] or one frame [3, H, W], RGB in [0, 1]; values outside are clipped.</param>
    public static IReadOnlyList<RgbImage> FromBatch(Tensor frames)
    {
        if (frames is { IsInvalid: false, ndim: 3 })
            return [FromTensor(frames)];
        TensorGuard.Shape(frames, nameof(frames), TensorGuard.Any, 3, TensorGuard.Any, TensorGuard.Any);
        using var scope = NewDisposeScope();
        return [.. Enumerable.Range(0, (int)frames.size(0)).Select(i => FromTensor(frames[i]))];
    }

    /// <summary>Reads a tensor as numbers in row-major order.</summary>
    internal static float[] Values(Tensor tensor)
    {
        if (tensor.numel() == 0)
            throw new ArgumentException($"Expected numbers, received shape [{string.Join(", ", tensor.shape)}] without any.", nameof(tensor));
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
