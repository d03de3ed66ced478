namespace PECHead.Research.Checkpoints;

/// <summary>The functions of PyTorch that its pickles call to make tensors.</summary>
internal static class TorchRebuild
{
    private const int MaxWrapping = 8;

    /// <summary>(storage, offset, size, stride, ...): whether gradients are wanted, and hooks, do not matter for stored weights.</summary>
    public static object Tensor(object?[] arguments)
    {
        if (arguments is not [TypedStorage storage, long offset, object?[] sizes, object?[] strides, ..])
            throw new CheckpointFormatException("The file makes a tensor of arguments that do not fit.");
        return new StoredTensor(storage.Type, Numbers(sizes), Numbers(strides), offset, storage.Bytes);
    }

    /// <summary>(tensor, requires_grad, hooks, ...): the tensor itself.</summary>
    public static object Parameter(object?[] arguments) => arguments is [StoredTensor tensor, ..]
        ? tensor
        : throw new CheckpointFormatException("The file makes a parameter of something that is not a tensor.");

    /// <summary>(function, class, arguments, state): a tensor that had Python attributes, which are dropped.</summary>
    public static object? FromType(object?[] arguments)
    {
        for (var depth = 0; depth < MaxWrapping; depth++)
        {
            if (arguments is not [TorchName { Call: { } call }, TorchName, object?[] inner, ..])
                break;
            if (call != (Func<object?[], object?>)FromType)
                return call(inner);
            arguments = inner;
        }

        throw new CheckpointFormatException("The file makes a tensor subclass of arguments that do not fit.");
    }

    private static long[] Numbers(object?[] values)
    {
        if (values.Length > StoredTensor.MaxRank)
            throw new CheckpointFormatException($"A tensor of {values.Length} axes; at most {StoredTensor.MaxRank} are read.");
        return Array.ConvertAll(
            values,
            value => value is long number ? number : throw new CheckpointFormatException("A tensor has a size or stride that is not a whole number."));
    }
}
