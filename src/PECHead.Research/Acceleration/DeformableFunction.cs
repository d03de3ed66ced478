using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>The convolution of input, offset, weight, bias and mask by ordinary operations, whose gradients have a graph.</summary>
internal delegate Tensor DeformableComposition(Tensor input, Tensor offset, Tensor weight, Tensor? bias, Tensor? mask);

/// <summary>The deformable convolution on the CPU as a function that autograd knows.</summary>
internal sealed class DeformableFunction : autograd.SingleTensorFunction<DeformableFunction>
{
    private const string CallKey = "call";

    public override string Name => "DeformableConvolution";

    /// <summary>Convolves. Types fit each other, shapes the sizes, and every tensor is on the CPU.</summary>
    /// <param name="sizes">The geometry.</param>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">[O, C/groups, kh, kw].</param>
    /// <param name="offset">[N, 2·G·kh·kw, H', W'].</param>
    /// <param name="mask">[N, G·kh·kw, H', W'] or none.</param>
    /// <param name="bias">[O] or none.</param>
    /// <param name="composition">Used where a graph of the gradients is asked for.</param>
    public static Tensor Convolve(
        DeformableSizes sizes, Tensor input, Tensor weight, Tensor offset, Tensor? mask, Tensor? bias, DeformableComposition composition)
    {
        var wanted = new DeformableWanted(
            input.requires_grad, weight.requires_grad, offset.requires_grad, mask is { requires_grad: true }, bias is { requires_grad: true });
        if (!is_grad_enabled() || wanted == default)
            return DeformableOperator.Forward(sizes, input, weight, offset, mask, bias);
        var call = new Call(sizes, wanted, composition);
        var result = apply(input, weight, offset, mask!, bias!, call);
        call.Output!.Dispose();     // another handle of the result
        call.Output = null;
        return result;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight, offset) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var (mask, bias, call) = ((Tensor?)vars[3], (Tensor?)vars[4], (Call)vars[5]);
        ctx.save_for_backward([input, weight, offset, mask!, bias!]);
        ctx.save_data(CallKey, call);
        ctx.set_materialize_grads(false);
        return call.Output = DeformableOperator.Forward(call.Sizes, input, weight, offset, mask, bias);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradients.Release();
        if (grad_output.IsInvalid)
            return [null!, null!, null!, null!, null!, null!];
        var call = (Call)ctx.get_data(CallKey);
        using (grad_output)
        {
            try
            {
                return ReturnedGradients.Keep(Gradients(call, ctx, grad_output));
            }
#pragma warning disable CA1031 // Any exception that left this callback would end the process: native code cannot catch it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Console.Error.WriteLine($"The backward pass of the deformable convolution failed: {error.Message}");
                return ReturnedGradients.Keep(Impossible(call.Wanted));
            }
        }
    }

    private static Tensor?[] Gradients(Call call, autograd.AutogradContext context, Tensor slope)
    {
        using var scope = NewDisposeScope();
        var saved = context.get_saved_variables();
        var gradients = is_grad_enabled()
            ? Differentiable(call, slope, saved)
            : DeformableOperator.Backward(call.Sizes, slope, saved[0], saved[1], saved[2], saved[3], saved[4], call.Wanted);
        foreach (var gradient in gradients) gradient?.MoveToOuterDisposeScope();
        return gradients;
    }

    // Gradients without dimensions fit no argument: libtorch refuses them, and backward() throws.
    private static Tensor?[] Impossible(DeformableWanted wanted)
    {
        var gradients = new Tensor?[5];
        for (int i = 0; i < gradients.Length; i++) gradients[i] = wanted[i] ? zeros([]) : null;
        return gradients;
    }

    // Gradients with a graph of their own: those of the composition. libtorch refuses what its samplers have no derivative for.
    private static Tensor?[] Differentiable(Call call, Tensor slope, List<Tensor> saved)
    {
        int[] wanted = [.. Enumerable.Range(0, saved.Count).Where(i => call.Wanted[i])];
        var composed = call.Composition(saved[0], saved[2], saved[1], saved[4], saved[3]);
        var found = autograd.grad([composed], [.. wanted.Select(i => saved[i])], [slope], create_graph: true);
        var gradients = new Tensor?[saved.Count];
        for (int i = 0; i < wanted.Length; i++) gradients[wanted[i]] = found[i];
        return gradients;
    }

    private sealed class Call(DeformableSizes sizes, DeformableWanted wanted, DeformableComposition composition)
    {
        public DeformableSizes Sizes => sizes;

        public DeformableWanted Wanted => wanted;

        public DeformableComposition Composition => composition;

        public Tensor? Output { get; set; }
    }
}
