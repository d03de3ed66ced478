using System.IO.Compression;
using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>The zip layout of torch.save (PyTorch 1.6 and later): one folder with a pickle and one uncompressed entry for each storage.</summary>
internal static class TorchZipFile
{
    private const string PickleName = "data.pkl";

    /// <summary>Reads the value that was saved; its tensors read their bytes from the open archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="archive">The open archive, to be disposed after the tensors have been read.</param>
    /// <returns>The value: usually a <see cref="PickleDict"/>.</returns>
    /// <exception cref="CheckpointFormatException">The archive is damaged or was not written by torch.save.</exception>
    public static object? Read(string path, out IDisposable archive)
    {
        var zip = Open(path);
        archive = zip;
        try
        {
            return Read(zip);
        }
        catch (Exception error)
        {
            zip.Dispose();
            if (ZipEntryStorage.IsDamage(error))
                throw new CheckpointFormatException($"The zip archive is damaged: {error.Message}", error);
            throw;
        }
    }

    private static ZipArchive Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: false);
        }
        catch (Exception error)
        {
            stream.Dispose();
            if (ZipEntryStorage.IsDamage(error))
                throw new CheckpointFormatException($"The file starts like a zip archive but is truncated or damaged: {error.Message}", error);
            throw;
        }
    }

    private static object? Read(ZipArchive zip)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            if (!entries.TryAdd(entry.FullName, entry))
                throw new CheckpointFormatException("The zip archive has two entries of one name.");
        }

        var root = Root(entries);
        CheckByteOrder(entries, root);
        var storages = new Dictionary<string, (StorageId Id, ZipEntryStorage Bytes)>(StringComparer.Ordinal);
        var vocabulary = new TorchVocabulary(id => Storage(zip, entries, root, storages, id));
        var pickle = new ZipEntryStorage(zip, entries[root + PickleName], PickleName);
        return PickleReader.Read(new PickleInput(pickle, 0), vocabulary);
    }

    /// <summary>The one top folder, whose name is arbitrary, with its slash.</summary>
    private static string Root(Dictionary<string, ZipArchiveEntry> entries)
    {
        var pickles = entries.Keys
            .Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - PickleName.Length - 1)
            .ToArray();
        if (pickles.Length != 1)
            throw new CheckpointFormatException($"The zip archive has {pickles.Length} entries <folder>/{PickleName} instead of one: torch.save did not write it.");
        var root = pickles[0][..^PickleName.Length];
        return entries.Keys.Any(name => name.StartsWith(root + "code/", StringComparison.Ordinal))
            ? throw new CheckpointFormatException("The file is a TorchScript program, not a state dict: save the model's state_dict() in Python instead.")
            : root;
    }

    private static void CheckByteOrder(Dictionary<string, ZipArchiveEntry> entries, string root)
    {
        if (!entries.TryGetValue(root + "byteorder", out var entry))
            return;
        var order = entry.Length <= 16 ? Encoding.ASCII.GetString(new ZipEntryStorage(entry.Archive, entry, "byteorder").ToBytes()) : "unknown";
        if (order != "little")
            throw new CheckpointFormatException($"The file has {order} byte order; only little-endian files are read.");
    }

    private static ZipEntryStorage Storage(
        ZipArchive zip,
        Dictionary<string, ZipArchiveEntry> entries,
        string root,
        Dictionary<string, (StorageId Id, ZipEntryStorage Bytes)> storages,
        StorageId id)
    {
        if (storages.TryGetValue(id.Key, out var known))
        {
            return known.Id == id
                ? known.Bytes
                : throw new CheckpointFormatException($"The storage '{id.Key}' is described in two ways.");
        }

        if (!entries.TryGetValue($"{root}data/{id.Key}", out var entry))
            throw new CheckpointFormatException($"The zip archive lacks the storage '{id.Key}'.");
        if (entry.Length != id.ByteLength || id.View is not null)
            throw new CheckpointFormatException($"The storage '{id.Key}' has {entry.Length} bytes instead of {id.ByteLength}.");
        var bytes = new ZipEntryStorage(zip, entry, id.Key);
        storages.Add(id.Key, (id, bytes));
        return bytes;
    }
}
