using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>Batch normalisation by the moments of the frames of all ranks, as a function that autograd knows.</summary>
/// <remarks>
/// <b>Paper:</b> Ioffe and Szegedy, Batch Normalization (ICML 2015), algorithm 1 and the gradients of section 3. With x̂ the normalised frames and g the gradient of
/// the result, the gradient of the frames is γ / σ · (g − mean(g) − x̂ · mean(g · x̂)), with means over all ranks; those of γ and β are sums over the rank's own frames.
/// The gradients have no graph of their own.
/// </remarks>
internal sealed class SharedNorm : autograd.SingleTensorFunction<SharedNorm>
{
    private const string CallKey = "call";

    public override string Name => nameof(SharedNorm);

    /// <summary>Normalises.</summary>
    /// <param name="frames">[N, C, …].</param>
    /// <param name="weight">γ, [C]; null: 1.</param>
    /// <param name="bias">β, [C]; null: 0.</param>
    /// <param name="moments">Those of the frames of all ranks.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="world">The ranks.</param>
    public static Tensor Apply(Tensor frames, Tensor? weight, Tensor? bias, SharedMoments moments, double epsilon, World world)
    {
        if (!is_grad_enabled() || !(frames.requires_grad || weight is { requires_grad: true } || bias is { requires_grad: true }))
            return Normalize(frames, weight, bias, moments, epsilon);
        var call = new Call(moments, epsilon, world);
        var result = apply(frames, weight!, bias!, call);
        call.Output!.Dispose();     // another handle of the result
        call.Output = null;
        return result;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (frames, weight, bias, call) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], (Call)vars[3]);
        ctx.save_for_backward([frames, weight!]);
        ctx.save_data(CallKey, call);
        return call.Output = Normalize(frames, weight, bias, call.Moments, call.Epsilon);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradients.Release();
        var saved = ctx.get_saved_variables();
        using (grad_output)
            return ReturnedGradients.Keep(Gradients((Call)ctx.get_data(CallKey), saved[0], saved[1], grad_output));
    }

    private static Tensor Normalize(Tensor frames, Tensor? weight, Tensor? bias, SharedMoments moments, double epsilon)
    {
        using var scope = NewDisposeScope();
        var type = frames.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor Of(double[] numbers) => tensor(numbers, type, frames.device);
        return nn.functional.batch_norm(frames, Of(moments.Mean), Of(moments.Variance), weight, bias, training: false, eps: epsilon).MoveToOuterDisposeScope();
    }

    private static Tensor?[] Gradients(Call call, Tensor frames, Tensor? weight, Tensor slope)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (mean, channels) = (call.Moments.Mean, call.Moments.Mean.Length);
        double[] inverse = [.. call.Moments.Variance.Select(variance => 1 / Math.Sqrt(variance + call.Epsilon))];
        var sums = ChannelKernel.Sums(slope, frames, new double[channels], mean);
        double[] means = [.. sums.Select(sum => sum * channels / slope.numel())];
        call.World.Mean(means);
        double[] gamma = weight is not null ? [.. weight.to(ScalarType.Float64).cpu().data<double>()] : [.. Enumerable.Repeat(1.0, channels)];
        double[] scale = [.. gamma.Zip(inverse, (factor, one) => factor * one)];
        double[] share = [.. scale.Select((factor, i) => -factor * means[channels + i] * inverse[i] * inverse[i])];
        double[] offset = [.. scale.Select((factor, i) => (-factor * means[i]) - (share[i] * mean[i]))];
        Tensor Of(IEnumerable<double> numbers) => tensor(numbers.ToArray(), weight?.dtype ?? ScalarType.Float32, slope.device);
        Tensor?[] gradients =
        [
            ChannelKernel.Combine(slope, frames, scale, share, offset),
            weight is null ? null : Of(inverse.Select((one, i) => one * sums[channels + i])), weight is null ? null : Of(sums.Take(channels)),
        ];
        foreach (var gradient in gradients) gradient?.MoveToOuterDisposeScope();
        return gradients;
    }

    private sealed class Call(SharedMoments moments, double epsilon, World world)
    {
        public SharedMoments Moments => moments;

        public double Epsilon => epsilon;

        public World World => world;

        public Tensor? Output { get; set; }
    }
}
