using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>Lets batch normalisations in training mode use the statistics of the frames of all ranks.</summary>
internal static class SynchronizedNorms
{
    /// <summary>Synchronises every batch normalisation of a model, for the rest of its life.</summary>
    /// <param name="model">The model; equal in all ranks.</param>
    /// <param name="world">The ranks, each with as many frames.</param>
    /// <remarks>Names, weights and the code of every model stay as they are: what a module gives for one value of each channel is replaced.</remarks>
    public static void Attach(nn.Module model, World world)
    {
        if (world.Size == 1) return;
        foreach (var norm in model.modules().OfType<BatchNorm>())
        {
            Tensor? frames = null;
            norm.register_forward_pre_hook((_, input) =>
            {
                if (!norm.training) return input;
                frames = input;
                norm.eval();
                return input.flatten(2).narrow(2, 0, 1).reshape([input.size(0), input.size(1), .. Enumerable.Repeat(1L, (int)input.ndim - 2)]);
            });
            norm.register_forward_hook((_, _, output) =>
            {
                if (frames is not { } input) return output;
                frames = null;
                norm.train();
                return Normalize(norm, input, world);
            });
        }
    }

    private static Tensor Normalize(BatchNorm norm, Tensor input, World world)
    {
        using var scope = NewDisposeScope();
        double[] expected = norm.running_mean is { } remembered ? [.. remembered.to(ScalarType.Float64).cpu().data<double>()] : new double[input.size(1)];
        var moments = SharedMoments.Of(input, expected, world);
        Remember(norm, moments);
        return SharedNorm.Apply(input, norm.weight, norm.bias, moments, norm.eps, world).MoveToOuterDisposeScope();
    }

    private static void Remember(BatchNorm norm, SharedMoments moments)
    {
        using var quiet = no_grad();
        norm.num_batches_tracked?.add_(1);
        Towards(norm.running_mean, moments.Mean);
        Towards(norm.running_var, [.. moments.Variance.Select(variance => variance * moments.Count / (moments.Count - 1.0))]);
        void Towards(Tensor? remembered, double[] now)
            => remembered?.add_((tensor(now, remembered.dtype, remembered.device) - remembered) * (norm.momentum ?? 0.1));
    }
}
