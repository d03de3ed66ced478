using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>
/// The way of One-Shot Free-View from a frame to a volume, and from a volume back to a map. Published files keep the layers flat in networks of different
/// kinds, so the networks own the layers and share the way.
/// </summary>
internal static class VolumePath
{
    /// <summary>Encodes frames into volumes.</summary>
    /// <param name="first">The first layer.</param>
    /// <param name="down">Halve the sides.</param>
    /// <param name="second">Gives the channels of all slices.</param>
    /// <param name="volume">Works on the volume.</param>
    /// <param name="depth">Number of slices, D.</param>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, C, D, h, w].</returns>
    public static Tensor Encode(ConvBlock first, ModuleList<DownBlock> down, Conv2d second, Sequential volume, long depth, Tensor source)
    {
        using var scope = NewDisposeScope();
        var features = second.call(down.Aggregate(first.call(source), (current, block) => block.call(current)));
        return volume.call(features.reshape(features.size(0), -1, depth, features.size(2), features.size(3))).MoveToOuterDisposeScope();
    }

    /// <summary>The layers that work on a volume, by their published names.</summary>
    /// <param name="channels">C.</param>
    /// <param name="count">Number of residual blocks.</param>
    public static Sequential Residuals(long channels, int count)
        => nn.Sequential(Enumerable.Range(0, count).Select(i => ($"3dr{i}", (nn.Module<Tensor, Tensor>)VolumeBlock.Residual(channels))));

    /// <summary>Lays a moved volume flat and hides what is occluded.</summary>
    /// <param name="third">Joins the slices.</param>
    /// <param name="fourth">Of one pixel.</param>
    /// <param name="moved">[N, C, D, h, w].</param>
    /// <param name="occlusion">[N, 1, h, w].</param>
    /// <returns>[N, C', h, w].</returns>
    public static Tensor Flatten(LeakyBlock third, Conv2d fourth, Tensor moved, Tensor occlusion)
    {
        using var scope = NewDisposeScope();
        return (fourth.call(third.call(moved.flatten(1, 2))) * occlusion).MoveToOuterDisposeScope();
    }
}
