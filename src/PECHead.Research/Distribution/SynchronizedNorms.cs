using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>Lets batch normalisations in training mode use the statistics of the frames of all ranks.</summary>
internal static class SynchronizedNorms
{
    /// <summary>Synchronises every batch normalisation of a model, for the rest of its life.</summary>
    /// <param name="model">The model; equal in all ranks.</param>
    /// <param name="world">The ranks, each with as many frames.</param>
    /// <remarks>
    /// The module still normalises by its own frames, and what it gives is replaced. That costs its forward pass once more, and
    /// keeps names, weights and the code of every model as they are.
    /// </remarks>
    public static void Attach(nn.Module model, World world)
    {
        if (world.Size == 1) return;
        foreach (var norm in model.modules().OfType<BatchNorm2d>())
            norm.register_forward_hook((_, input, output) => norm.training ? Normalize(norm, input, output, world) : output);
    }

    private static Tensor Normalize(BatchNorm2d norm, Tensor input, Tensor output, World world)
    {
        using var scope = NewDisposeScope();
        var type = input.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        long[] frames = [0, 2, 3];
        var values = input.to(type);
        var own = values.mean(frames);
        var mean = MeanOverRanks.Of(own, world);
        var centred = values - mean.reshape(1, -1, 1, 1);
        var variance = MeanOverRanks.Of(centred.square().mean(frames), world);
        Remember(norm, values, own, mean, variance, world.Size);
        var scaled = centred * (variance + norm.eps).rsqrt().reshape(1, -1, 1, 1);
        if (norm.weight is { } weight) scaled = scaled * weight.reshape(1, -1, 1, 1);
        if (norm.bias is { } bias) scaled = scaled + bias.reshape(1, -1, 1, 1);
        return scaled.to(output.dtype).MoveToOuterDisposeScope();
    }

    // The module has moved its running statistics towards those of its own frames: what they lack is added.
    private static void Remember(BatchNorm2d norm, Tensor values, Tensor own, Tensor mean, Tensor variance, int ranks)
    {
        using var quiet = no_grad();
        double count = (double)values.numel() / values.size(1), share = norm.momentum ?? 0.1;
        var ownVariance = (values - own.reshape(1, -1, 1, 1)).square().sum([0, 2, 3]) / (count - 1);
        norm.running_mean?.add_(share * (mean - own));
        norm.running_var?.add_(share * ((variance * (count * ranks / ((count * ranks) - 1))) - ownVariance));
    }
}
