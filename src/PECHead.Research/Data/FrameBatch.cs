using static TorchSharp.torch;

namespace PECHead.Research.Data;

/// <summary>Frames of a store as tensors.</summary>
public static class FrameBatch
{
    /// <summary>Reads frames.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="frames">Their indices.</param>
    /// <param name="device">Where to put them.</param>
    /// <returns>[N, 3, S, S], RGB in [0, 1], float32, channels last in memory.</returns>
    public static Tensor Read(FrameStore store, ReadOnlySpan<int> frames, Device device)
    {
        using var scope = NewDisposeScope();
        var bytes = empty([frames.Length, store.Size, store.Size, 3], ScalarType.Byte);
        store.CopyFrames(frames, bytes.bytes);
        return FromBytes(bytes, device).MoveToOuterDisposeScope();
    }

    /// <summary>Pictures as a batch.</summary>
    /// <param name="images">Of one size.</param>
    /// <param name="device">Where to put them.</param>
    /// <returns>[N, 3, H, W], RGB in [0, 1], float32, channels last in memory.</returns>
    public static Tensor FromImages(IReadOnlyList<RgbImage> images, Device device)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (images[0].Height, images[0].Width);
        var bytes = empty([images.Count, height, width, 3], ScalarType.Byte);
        var all = bytes.bytes;
        for (var i = 0; i < images.Count; i++) images[i].Pixels.CopyTo(all[(i * height * width * 3)..]);
        return FromBytes(bytes, device).MoveToOuterDisposeScope();
    }

    // The permuted view of interleaved pixels is channels last already: nothing is copied but the conversion.
    private static Tensor FromBytes(Tensor bytes, Device device)
        => bytes.to(device).permute(0, 3, 1, 2).to(ScalarType.Float32) / 255;
}
