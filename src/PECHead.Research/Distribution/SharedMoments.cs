using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>Mean and variance of each channel over the frames of all ranks.</summary>
/// <param name="Mean">A number a channel.</param>
/// <param name="Variance">A number a channel, of the frames as the whole population.</param>
/// <param name="Count">Values of a channel in all ranks.</param>
internal sealed record SharedMoments(double[] Mean, double[] Variance, long Count)
{
    /// <summary>Of the values of all ranks, in one exchange.</summary>
    /// <param name="values">[N, C, …], of the same shape in every rank.</param>
    /// <param name="expected">A number a channel, equal in all ranks: near the mean, about which squares are summed. It keeps digits and changes no result.</param>
    /// <param name="world">The ranks.</param>
    public static SharedMoments Of(Tensor values, double[] expected, World world)
    {
        int channels = expected.Length;
        var count = values.numel() / channels;
        double[] means = [.. ChannelKernel.Sums(values, values, expected, expected).Select(sum => sum / count)];
        world.Mean(means);
        return new SharedMoments(
            [.. expected.Select((origin, i) => origin + means[i])],
            [.. means[channels..].Select((square, i) => Math.Max(0, square - (means[i] * means[i])))],
            count * world.Size);
    }
}
