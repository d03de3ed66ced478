using System.Diagnostics.CodeAnalysis;

namespace PECHead.Research.Checkpoints;

/// <summary>Reads named tensors from safetensors and from both layouts of PyTorch's .pth files, without running anything in them.</summary>
/// <remarks>
/// Nothing but tensors, dictionaries, lists, tuples, numbers and text is built; a pickle that names anything else is refused.
/// Prefixes <c>module.</c> of data-parallel training are removed. TorchSharp's .dat files hold no table of contents; a module loads those.
/// </remarks>
public static class StateDictReader
{
    /// <summary>Views that share storages may add up to more than the file, but not without bound.</summary>
    private const long MaxGrowth = 64;

    private const string DataParallelPrefix = "module.";

    /// <summary>Opens a file of weights.</summary>
    /// <param name="path">A safetensors, .pth, .pt or .pth.tar file, told apart by content.</param>
    /// <param name="container">
    /// Which state dict of a checkpoint to take, such as <c>generator</c> or <c>model/ema</c>; null takes the only one
    /// (preferring averaged weights: <c>params_ema</c> over <c>params</c>), and an empty string the top level.
    /// </param>
    /// <returns>The tensors in the order of the file. Dispose it after reading.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged, is no weights file, or holds several state dicts and none is named.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StoredTensorDictionary Read(string path, string? container = null)
    {
        var kind = KindOf(path);
        if (kind != FileKind.Safetensors)
            return Named(path, () => ReadPickled(path, kind, container));
        return string.IsNullOrEmpty(container)
            ? SafetensorsFile.Open(path)
            : throw new CheckpointFormatException($"{path}: A safetensors file has no containers, so there is no '{container}' in it.");
    }

    /// <summary>Names of the state dicts in a file: those that <see cref="Read"/> takes; one empty name where the file is one itself.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged or is no weights file.</exception>
    internal static IReadOnlyList<string> Containers(string path)
    {
        var kind = KindOf(path);
        return kind == FileKind.Safetensors ? [string.Empty] : Named(path, () =>
        {
            var root = Root(path, kind, out var file);
            using (file) return StateDictSearch.Paths(root);
        });
    }

    /// <summary>What a safetensors file says of itself; nothing for a file of another layout.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointFormatException">A damaged header.</exception>
    internal static IReadOnlyDictionary<string, string> Metadata(string path)
    {
        if (KindOf(path) != FileKind.Safetensors) return new Dictionary<string, string>();
        using var file = SafetensorsFile.Open(path);
        return file.Metadata;
    }

    /// <summary>The layout of a file, by its first bytes.</summary>
    internal static FileKind KindOf(string path) => Named(path, () => Sniff(path));

    [SuppressMessage("Reliability", "CA2000", Justification = "The dictionary that is returned closes the file.")]
    private static StoredTensorDictionary ReadPickled(string path, FileKind kind, string? container)
    {
        IDisposable? file = null;
        try
        {
            var root = Root(path, kind, out file);
            var tensors = Collect(StateDictSearch.Find(root, container));
            CheckGrowth(tensors.Values, new FileInfo(path).Length);
            return new StoredTensorDictionary(tensors, new Dictionary<string, string>(), file);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Runs a reader whose errors do not say which file they are about.</summary>
    private static T Named<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CheckpointFormatException error)
        {
            throw new CheckpointFormatException($"{path}: {error.Message}", error);
        }
    }

    private static FileKind Sniff(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var start = new byte[FileKinds.PrefixBytes];
        var count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return FileKinds.Of(start.AsSpan(0, count), stream.Length);
    }

    private static object? Root(string path, FileKind kind, out IDisposable file) =>
        kind == FileKind.TorchZip ? TorchZipFile.Read(path, out file) : ReadLegacy(path, out file);

    private static object? ReadLegacy(string path, out IDisposable file)
    {
        var mapped = MappedFile.Open(path);
        file = mapped;
        return LegacyTorchFile.Read(mapped);
    }

    /// <summary>The tensors of a dictionary under their names; numbers and text between them are no weights.</summary>
    private static OrderedDictionary<string, StoredTensor> Collect(PickleDict dict)
    {
        var named = dict.Named
            .Where(entry => entry.Value is StoredTensor)
            .Select(entry => (entry.Name, Tensor: (StoredTensor)entry.Value!))
            .ToArray();
        var parallel = named.All(entry => entry.Name.StartsWith(DataParallelPrefix, StringComparison.Ordinal));
        var tensors = new OrderedDictionary<string, StoredTensor>(named.Length, StringComparer.Ordinal);
        foreach (var (name, tensor) in named)
            tensors.Add(parallel ? name[DataParallelPrefix.Length..] : name, tensor);
        return tensors;
    }

    private static void CheckGrowth(IEnumerable<StoredTensor> tensors, long fileLength)
    {
        var total = tensors.Sum(tensor => (decimal)tensor.ByteLength);
        if (total > (decimal)fileLength * MaxGrowth + StoredTensor.MaxRepeatedElements)
            throw new CheckpointFormatException($"The tensors of a file of {fileLength} bytes would take {total} bytes.");
    }
}
