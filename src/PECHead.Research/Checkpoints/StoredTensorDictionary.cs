using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace PECHead.Research.Checkpoints;

/// <summary>Named tensors of an open file, in the order of the file; their bytes are read when they are asked for.</summary>
/// <remarks>Dispose it when the tensors have been read: the file stays open until then.</remarks>
public sealed class StoredTensorDictionary : IReadOnlyDictionary<string, StoredTensor>, IDisposable
{
    private readonly OrderedDictionary<string, StoredTensor> _tensors;
    private readonly IDisposable? _file;

    /// <summary>Named tensors and the open file that they read from.</summary>
    /// <param name="tensors">Names and tensors, in the order of the file.</param>
    /// <param name="metadata">Free text about the file; empty if the format has none.</param>
    /// <param name="file">What to close with this dictionary.</param>
    internal StoredTensorDictionary(
        OrderedDictionary<string, StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata, IDisposable? file)
    {
        _tensors = tensors;
        Metadata = metadata;
        _file = file;
    }

    /// <summary>Free text about the file (the <c>__metadata__</c> of safetensors); empty for other formats.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<StoredTensor> Values => _tensors.Values;

    /// <inheritdoc/>
    public int Count => _tensors.Count;

    /// <inheritdoc/>
    public StoredTensor this[string key] => _tensors[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StoredTensor value) => _tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StoredTensor>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Closes the file: tensors that have not been read can no longer be read.</summary>
    public void Dispose() => _file?.Dispose();
}
