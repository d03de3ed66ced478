using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>
/// Passes frames on to a normalisation with given moments, and adds to their gradient what follows from the moments: they are those of the
/// frames of all ranks.
/// </summary>
/// <remarks>
/// <b>Paper:</b> Ioffe and Szegedy, Batch Normalization (ICML 2015), the gradients of section 3. With x̂ the normalised frames and g the gradient that
/// the normalisation gives for fixed moments, the gradient is g − mean(g) − x̂ · mean(g · x̂), with means over all ranks. It has no graph of its own.
/// </remarks>
internal sealed class SharedNormGradient : autograd.SingleTensorFunction<SharedNormGradient>
{
    private const string CallKey = "call";

    // Native code takes the gradient after the callback has returned: it must be reachable for that long, and no longer.
    [ThreadStatic]
    private static Tensor? _returned;

    public override string Name => nameof(SharedNormGradient);

    /// <summary>Passes frames on.</summary>
    /// <param name="frames">[N, C, …].</param>
    /// <param name="moments">Theirs, in all ranks.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="world">The ranks.</param>
    public static Tensor Attach(Tensor frames, SharedMoments moments, double epsilon, World world)
        => is_grad_enabled() && frames.requires_grad ? apply(frames, new Call(moments, epsilon, world)) : frames.alias();

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[0]]);
        ctx.save_data(CallKey, vars[1]);
        return ((Tensor)vars[0]).alias();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        _returned?.Dispose();
        using (grad_output)
            _returned = Gradient((Call)ctx.get_data(CallKey), ctx.get_saved_variables()[0], grad_output);
        return [_returned, null!];
    }

    private static Tensor Gradient(Call call, Tensor frames, Tensor slope)
    {
        using var scope = NewDisposeScope();
        var (mean, channels) = (call.Moments.Mean, call.Moments.Mean.Length);
        double[] means = [.. ChannelKernel.Sums(slope, frames, new double[channels], mean).Select(sum => sum * channels / slope.numel())];
        call.World.Mean(means);
        double[] share = [.. call.Moments.Variance.Select((variance, i) => -means[channels + i] / (variance + call.Epsilon))];
        double[] offset = [.. share.Select((factor, i) => -means[i] - (factor * mean[i]))];
        return ChannelKernel.Combine(slope, frames, share, offset).MoveToOuterDisposeScope();
    }

    private sealed record Call(SharedMoments Moments, double Epsilon, World World);
}
