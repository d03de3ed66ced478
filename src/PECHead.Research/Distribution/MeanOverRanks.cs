using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>
/// The mean of a tensor over all ranks, as a function that autograd knows. Its gradient is the mean of the gradients: each rank
/// differentiates its own loss, and the mean of the losses is what is minimised.
/// </summary>
internal sealed class MeanOverRanks : autograd.SingleTensorFunction<MeanOverRanks>
{
    private const string WorldKey = "world";

    // Native code takes the gradient after the callback has returned: it must be reachable for that long, and no longer.
    [ThreadStatic]
    private static Tensor? _returned;

    public override string Name => nameof(MeanOverRanks);

    /// <summary>Averages.</summary>
    /// <param name="tensor">float32 or float64, of the same shape in every rank.</param>
    /// <param name="world">The ranks.</param>
    public static Tensor Of(Tensor tensor, World world)
    {
        if (is_grad_enabled() && tensor.requires_grad) return apply(tensor, world);
        var mean = tensor.clone();
        world.Mean(mean);
        return mean;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var world = (World)vars[1];
        ctx.save_data(WorldKey, world);
        var mean = ((Tensor)vars[0]).clone();
        world.Mean(mean);
        return mean;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        _returned?.Dispose();
        using (grad_output)
            _returned = grad_output.clone();
        ((World)ctx.get_data(WorldKey)).Mean(_returned);
        return [_returned, null!];
    }
}
