using static TorchSharp.torch;

namespace PECHead.Research.Checkpoints;

/// <summary>Loads weights from safetensors and PyTorch files into tensors, and saves tensors as safetensors.</summary>
public static class StateDict
{
    /// <summary>Reads named tensors into the memory of the CPU.</summary>
    /// <param name="path">A safetensors, .pth, .pt or .pth.tar file, told apart by content.</param>
    /// <param name="container">Which state dict of a checkpoint to take; see <see cref="StateDictReader.Read"/>.</param>
    /// <returns>Contiguous tensors in the order of the file. They belong to the present dispose scope.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged, is no weights file, or holds several state dicts and none is named.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Dictionary<string, Tensor> Load(string path, string? container = null)
    {
        using var stored = StateDictReader.Read(path, container);
        var tensors = new Dictionary<string, Tensor>(stored.Count, StringComparer.Ordinal);
        try
        {
            foreach (var (name, tensor) in stored)
                tensors.Add(name, Materialise(tensor));
            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    /// <summary>Writes named tensors as safetensors, atomically: equal tensors give equal bytes.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="tensors">Tensors by name, on any device and of any strides; gradients are not kept.</param>
    /// <param name="metadata">Free text to keep in the file, or null for none.</param>
    /// <exception cref="ArgumentException">A tensor has elements that safetensors does not know, or a name is reserved.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsFile.Save(path, tensors.Select(entry => KeyValuePair.Create(entry.Key, Describe(entry.Key, entry.Value))), metadata);

    private static Tensor Materialise(StoredTensor stored)
    {
        var tensor = empty([.. stored.Shape], TorchElementTypes.ToScalarType(stored.Type));
        try
        {
            if (stored.Count > 0)
                stored.CopyTo(tensor.bytes);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static StoredTensor Describe(string name, Tensor tensor)
    {
        ModuleWeights.RequireAlive(tensor, name);
        return TorchElementTypes.TryFromScalarType(tensor.dtype, out var type)
            ? StoredTensor.Contiguous(type, tensor.shape, new TensorMemory(tensor))
            : throw new ArgumentException($"'{name}' has elements of the type {tensor.dtype}, which safetensors files do not hold here.", nameof(tensor));
    }
}

/// <summary>The row-major bytes of a tensor, brought to the CPU one tensor at a time.</summary>
internal sealed class TensorMemory(Tensor tensor) : TensorStorage
{
    /// <inheritdoc/>
    public override long ByteLength { get; } = tensor.numel() * tensor.element_size();

    private protected override void ReadCore(long offset, Span<byte> destination)
    {
        if (destination.IsEmpty)
            return;
        using var scope = NewDisposeScope();
        tensor.detach().cpu().contiguous().bytes.Slice((int)offset, destination.Length).CopyTo(destination);
    }
}
