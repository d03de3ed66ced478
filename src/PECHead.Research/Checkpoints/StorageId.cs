namespace PECHead.Research.Checkpoints;

/// <summary>Part of another storage: how files of the oldest PyTorch versions share bytes.</summary>
/// <param name="Key">Name of the view.</param>
/// <param name="Offset">First element, counted in the whole storage.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record StorageView(string Key, long Offset, long Count);

/// <summary>The persistent identifier of a storage. The device it was saved from is of no interest here.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Key">Name of the storage in the file.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="View">The part that is meant, or null for the whole storage.</param>
internal sealed record StorageId(ElementType Type, string Key, long Count, StorageView? View)
{
    /// <summary>Bytes of the whole storage.</summary>
    public long ByteLength => Count * Type.ByteSize();

    /// <summary>Reads ("storage", class, key, location, count) with an optional view as sixth part.</summary>
    /// <param name="id">The identifier as the pickle has it.</param>
    /// <returns>The checked identifier.</returns>
    /// <exception cref="CheckpointFormatException">Anything else, a pickled module for instance.</exception>
    public static StorageId Parse(object? id)
    {
        if (id is not object?[] parts || parts is not ["storage", ElementType type, string key, string or null, long count, ..])
        {
            throw new CheckpointFormatException(
                id is object?[] and ["module", ..]
                    ? "The file holds a whole pickled module, not a state dict: save the model's state_dict() in Python instead."
                    : "The file refers to an object outside the pickle that is not a storage.");
        }

        if (count < 0 || count > long.MaxValue / 16)
            throw new CheckpointFormatException($"A storage of {count} elements.");
        return parts.Length switch
        {
            5 => new StorageId(type, key, count, null),
            6 => new StorageId(type, key, count, ParseView(parts[5], count)),
            _ => throw new CheckpointFormatException($"A storage identifier of {parts.Length} parts."),
        };
    }

    private static StorageView? ParseView(object? view, long total) => view switch
    {
        null => null,
        object?[] and [string key, long offset, long count] when offset >= 0 && count >= 0 && offset <= total - count => new StorageView(key, offset, count),
        _ => throw new CheckpointFormatException($"A storage view that does not lie in its storage of {total} elements."),
    };
}
