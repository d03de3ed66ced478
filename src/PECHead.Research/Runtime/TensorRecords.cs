using static TorchSharp.torch;

namespace PECHead.Research.Runtime;

/// <summary>What TorchSharp offers for the lifetime of one tensor, for all tensors of a record. Records are changed in place.</summary>
public static class TensorRecords
{
    /// <summary>
    /// Hands those tensors that the current dispose scope owns to the scope around it. Tensors that belong to another scope stay
    /// where they are.
    /// </summary>
    /// <param name="record">The value.</param>
    /// <returns>The same value.</returns>
    public static T MoveToOuterDisposeScope<T>(this T record) where T : ITensorRecord
    {
        foreach (var tensor in record.Tensors) CurrentDisposeScope?.MoveToOuter(tensor);
        return record;
    }

    /// <summary>Takes the tensors out of every dispose scope, for a value that outlives them: the caller frees it.</summary>
    /// <param name="record">The value.</param>
    /// <returns>The same value.</returns>
    public static T DetachFromDisposeScope<T>(this T record) where T : ITensorRecord
    {
        foreach (var tensor in record.Tensors) tensor.DetachFromDisposeScope();
        return record;
    }

    /// <summary>Frees the tensors, also where other values share them.</summary>
    /// <param name="record">The value.</param>
    public static void Free<T>(this T record) where T : ITensorRecord
    {
        foreach (var tensor in record.Tensors) tensor.Dispose();
    }
}
