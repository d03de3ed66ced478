using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>Which gradients are wanted.</summary>
internal readonly record struct DeformableWanted(bool Input, bool Weight, bool Offset, bool Mask, bool Bias)
{
    /// <summary>By position in this list.</summary>
    public bool this[int index] => index switch { 0 => Input, 1 => Weight, 2 => Offset, 3 => Mask, _ => Bias };
}

/// <summary>
/// The deformable convolution of tensors on the CPU, without a graph. It computes in float64 where the input is float64 and in
/// float32 elsewhere; results have the type of the input, gradients the type of what they belong to.
/// </summary>
internal static class DeformableOperator
{
    /// <summary>Convolves; the output is channels last where the input is.</summary>
    public static Tensor Forward(DeformableSizes sizes, Tensor input, Tensor weight, Tensor offset, Tensor? mask, Tensor? bias)
        => input.dtype == ScalarType.Float64
            ? ForwardIn<double>(sizes, input, weight, offset, mask, bias) : ForwardIn<float>(sizes, input, weight, offset, mask, bias);

    /// <summary>The gradients of input, weight, offset, mask and bias; null where not wanted.</summary>
    public static Tensor?[] Backward(
        DeformableSizes sizes, Tensor slope, Tensor input, Tensor weight, Tensor offset, Tensor? mask, Tensor? bias, DeformableWanted wanted)
        => input.dtype == ScalarType.Float64
            ? BackwardIn<double>(sizes, slope, input, weight, offset, mask, bias, wanted)
            : BackwardIn<float>(sizes, slope, input, weight, offset, mask, bias, wanted);

    private static unsafe Tensor ForwardIn<T>(
        DeformableSizes sizes, Tensor input, Tensor weight, Tensor offset, Tensor? mask, Tensor? bias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        var arguments = new Arguments<T>(input, weight, offset, mask);
        var addedBias = bias?.to(arguments.Type).contiguous();
        var output = empty([sizes.Batch, sizes.OutHeight, sizes.OutWidth, sizes.OutChannels], arguments.Type);
        DeformableKernel<T>.Forward(
            DeformablePlan.ForForward(sizes, sizeof(T)), arguments.Images, Address<T>(arguments.Weight), Address<T>(addedBias), Address<T>(output),
            get_num_threads());
        arguments.KeepAlive();
        GC.KeepAlive(addedBias);
        var result = output.permute(0, 3, 1, 2).to(input.dtype);
        return (IsChannelsLast(input) ? result : result.contiguous()).MoveToOuterDisposeScope();
    }

    private static unsafe Tensor?[] BackwardIn<T>(
        DeformableSizes sizes, Tensor slope, Tensor input, Tensor weight, Tensor offset, Tensor? mask, Tensor? bias, DeformableWanted wanted)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        var plan = DeformablePlan.ForBackward(sizes, sizeof(T));
        var arguments = new Arguments<T>(input, weight, offset, mask);
        int threads = get_num_threads();
        var slopes = slope.to(arguments.Type).permute(0, 2, 3, 1).contiguous();
        var toInput = wanted.Input ? zeros([sizes.Batch, sizes.Height, sizes.Width, sizes.Channels], arguments.Type) : null;
        var toOffset = wanted.Offset ? zeros([plan.Parts, .. offset.shape], arguments.Type) : null;
        var toMask = wanted.Mask ? zeros([plan.Parts, .. mask!.shape], arguments.Type) : null;
        var toRows = wanted.Weight ? zeros([plan.Shares, plan.Rows, sizes.GroupOutputs], arguments.Type) : null;
        if (toInput is not null || toOffset is not null || toMask is not null || toRows is not null)
        {
            var gradients = new DeformableGradients<T>
            {
                Input = Address<T>(toInput),
                Offset = Address<T>(toOffset),
                Mask = Address<T>(toMask),
                WeightRows = Address<T>(toRows),
            };
            DeformableKernel<T>.Backward(plan, arguments.Images, Address<T>(arguments.Weight), Address<T>(slopes), gradients, threads);
        }
        var toWeight = toRows is null ? null : empty(weight.shape, arguments.Type);
        if (toWeight is not null)
            DeformableKernel<T>.CollectWeight(plan, Address<T>(toRows), Address<T>(toWeight), threads);
        var toBias = wanted.Bias ? empty([sizes.OutChannels], arguments.Type) : null;
        if (toBias is not null)
            DeformableKernel<T>.SumPixels(plan, Address<T>(slopes), Address<T>(toBias), threads);
        arguments.KeepAlive();
        GC.KeepAlive(slopes);
        return
        [
            toInput?.permute(0, 3, 1, 2).to(input.dtype).MoveToOuterDisposeScope(),
            toWeight?.to(weight.dtype).MoveToOuterDisposeScope(),
            SumParts(toOffset)?.to(offset.dtype).MoveToOuterDisposeScope(),
            SumParts(toMask)?.to(mask!.dtype).MoveToOuterDisposeScope(),
            toBias?.to(bias!.dtype).MoveToOuterDisposeScope(),
        ];
    }

    // Part by part: a reduction might choose its order by the number of threads.
    private static Tensor? SumParts(Tensor? parts)
    {
        if (parts is null)
            return null;
        var sum = parts.select(0, 0);
        for (long part = 1; part < parts.size(0); part++) sum.add_(parts.select(0, part));
        return parts.size(0) == 1 ? sum : sum.clone();
    }

    private static bool IsChannelsLast(Tensor tensor)
    {
        using var pixels = tensor.permute(0, 2, 3, 1);
        return pixels.is_contiguous() && !tensor.is_contiguous();
    }

    // Where the elements of a contiguous tensor lie. One element is enough: the span of a whole tensor ends at 2 GB.
    private static unsafe T* Address<T>(Tensor? tensor)
        where T : unmanaged
    {
        if (tensor is null || tensor.numel() == 0)
            return null;
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>The arguments in the type and layout that the kernel reads.</summary>
    private sealed class Arguments<T>
        where T : unmanaged
    {
        private readonly Tensor _input, _offset;
        private readonly Tensor? _mask;

        public Arguments(Tensor input, Tensor weight, Tensor offset, Tensor? mask)
        {
            _input = input.to(Type).permute(0, 2, 3, 1).contiguous();
            _offset = offset.to(Type).contiguous();
            _mask = mask?.to(Type).contiguous();
            Weight = weight.to(Type).contiguous();
        }

        public ScalarType Type { get; } = typeof(T) == typeof(double) ? ScalarType.Float64 : ScalarType.Float32;

        public Tensor Weight { get; }

        public unsafe DeformableImage<T> Images
            => new() { Input = Address<T>(_input), Offset = Address<T>(_offset), Mask = Address<T>(_mask) };

        // Memory belongs to tensors; they live at least until here.
        public void KeepAlive()
        {
            GC.KeepAlive(_input);
            GC.KeepAlive(_offset);
            GC.KeepAlive(_mask);
            GC.KeepAlive(Weight);
        }
    }
}
