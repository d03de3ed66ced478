using System.Security.Cryptography;
using System.Text.Json;
using PECHead.Research.Distribution;

namespace PECHead.Research.Data;

/// <summary>
/// The frames of a store under construction and the record of which clips are whole: a clip counts only when its frames
/// are on the disk and its line, written afterwards, is. Of several ranks each writes its clips to their places in one
/// file of frames, and its lines to a file of its own.
/// </summary>
internal sealed class BuildJournal : IDisposable
{
    private readonly FileStream _frames;
    private readonly FileStream _lines;
    private readonly IncrementalHash _clip = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private BuildJournal(FileStream frames, FileStream lines) => (_frames, _lines) = (frames, lines);

    /// <summary>Digests of the clips that earlier builds have finished, by id: claims, until <see cref="Holds"/> has looked at the frames.</summary>
    public IReadOnlyDictionary<string, string> Claimed { get; private set; } = new Dictionary<string, string>();

    /// <summary>Opens the folder of a build, keeping what earlier ones with the same fingerprint have finished.</summary>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="fingerprint">Of the plan.</param>
    /// <param name="world">The ranks that build, all at this call.</param>
    /// <exception cref="DataException">Others build the same store.</exception>
    public static BuildJournal Open(string folder, string fingerprint, World world)
    {
        // The first rank holds the lock for all, and has taken over every other file of lines before the ranks make theirs.
        var first = world.IsFirst ? OpenFirst(folder, fingerprint) : null;
        try
        {
            var claimed = JsonSerializer.Deserialize<Dictionary<string, string>>(world.FromFirst(JsonSerializer.SerializeToUtf8Bytes(first?.Claimed)))!;
            var journal = first ?? new BuildJournal(OpenFrames(folder), new FileStream(LinesOf(folder, world.Rank), FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1));
            if (first is null) journal.WriteLine(new JournalLine("", fingerprint));
            journal.Claimed = claimed;
            return journal;
        }
        catch
        {
            first?.Dispose();
            throw;
        }
    }

    /// <summary>Whether the frames of a clip are in their place as they were recorded.</summary>
    /// <param name="id">The clip.</param>
    /// <param name="place">Offset of its frames.</param>
    /// <param name="length">Bytes of its frames.</param>
    /// <param name="cancellation">Stops.</param>
    public bool Holds(string id, long place, long length, CancellationToken cancellation)
    {
        if (!Claimed.TryGetValue(id, out var digest) || _frames.Length < place + length) return false;
        _frames.Position = place;
        var buffer = new byte[1 << 20];
        for (var left = length; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            _frames.ReadExactly(part);
            _clip.AppendData(part);
            left -= part.Length;
        }
        return Convert.ToHexStringLower(_clip.GetHashAndReset()) == digest;
    }

    /// <summary>Begins the frames of a clip.</summary>
    /// <param name="place">Their offset.</param>
    public void Begin(long place)
    {
        _frames.Position = place;
        _clip.GetHashAndReset();
    }

    public void Append(ReadOnlySpan<byte> frame)
    {
        _frames.Write(frame);
        _clip.AppendData(frame);
    }

    /// <summary>Puts a clip on record whose frames are all written.</summary>
    /// <param name="id">The clip.</param>
    /// <returns>Digest of its frames.</returns>
    public string Finish(string id)
    {
        _frames.Flush(flushToDisk: true);
        var digest = Convert.ToHexStringLower(_clip.GetHashAndReset());
        WriteLine(new JournalLine(id, digest));
        return digest;
    }

    /// <summary>Removes the records of a store that is in its place.</summary>
    /// <param name="folder">Of the store.</param>
    public static void Remove(string folder)
    {
        foreach (var file in Others(folder).Append(LinesOf(folder, 0))) File.Delete(file);
    }

    public void Dispose()
    {
        // A full disk shows once more when the last buffer goes out; the first failure is the one that is reported.
        foreach (var stream in new[] { _frames, _lines })
        {
            try
            {
                stream.Dispose();
            }
            catch (IOException)
            {
                stream.SafeFileHandle.Dispose();
            }
        }

        _clip.Dispose();
    }

    private static BuildJournal OpenFirst(string folder, string fingerprint)
    {
        const int WouldBlock = 11;
        const int WindowsSharingViolation = unchecked((int)0x80070020);
        Directory.CreateDirectory(folder);
        FileStream lines;
        try
        {
            // Without sharing: the lock ends with the process, however it ends.
            lines = new FileStream(LinesOf(folder, 0), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException failure) when (failure.HResult is WouldBlock or WindowsSharingViolation)
        {
            throw new DataException("another process is preparing this store", folder, "Wait for it, or stop it.", failure);
        }

        var journal = new BuildJournal(OpenFrames(folder), lines);
        try
        {
            // Left by a build that was killed before its last step: it would vouch for frames that are being changed.
            File.Delete(Path.Combine(folder, FrameStoreFiles.Checksum));
            journal.TakeOver(folder, fingerprint);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    // Several ranks write to it, each in its own places.
    private static FileStream OpenFrames(string folder)
        => new(Path.Combine(folder, FrameStoreFiles.Frames), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, 1 << 16);

    private static string LinesOf(string folder, int rank) => Path.Combine(folder, rank == 0 ? FrameStoreFiles.Progress : $"{Path.GetFileNameWithoutExtension(FrameStoreFiles.Progress)}.{rank}.jsonl");

    private static IEnumerable<string> Others(string folder) => Directory.EnumerateFiles(folder, $"{Path.GetFileNameWithoutExtension(FrameStoreFiles.Progress)}.*.jsonl");

    private void TakeOver(string folder, string fingerprint)
    {
        var claimed = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = new byte[_lines.Length];
        _lines.ReadExactly(own);
        var (kept, end) = ReadLines(own, fingerprint);
        _lines.SetLength(end);
        _lines.Position = end;
        if (end == 0) WriteLine(new JournalLine("", fingerprint));
        string[] others = [.. Others(folder)];
        foreach (var line in others.SelectMany(file => ReadLines(File.ReadAllBytes(file), fingerprint).Lines))
        {
            WriteLine(line);
            kept.Add(line);
        }
        foreach (var file in others) File.Delete(file);
        foreach (var (clip, digest) in kept) claimed[clip] = digest;
        Claimed = claimed;
    }

    /// <summary>Lines of finished clips up to the first torn or strange one, and the offset after it; none where the fingerprint is another.</summary>
    private static (List<JournalLine> Lines, long End) ReadLines(byte[] bytes, string fingerprint)
    {
        var lines = new List<JournalLine>();
        var end = 0;
        for (int stop; (stop = bytes.AsSpan(end).IndexOf((byte)'\n')) >= 0; end += stop + 1)
        {
            try
            {
                if (JsonSerializer.Deserialize<JournalLine>(bytes.AsSpan(end, stop)) is not { Clip: not null, Sha256: not null } line) break;
                if (end == 0 && line != new JournalLine("", fingerprint)) break;
                if (end > 0) lines.Add(line);
            }
            catch (JsonException)
            {
                break;
            }
        }

        return (lines, end);
    }

    private void WriteLine(JournalLine line)
    {
        _lines.Write([.. JsonSerializer.SerializeToUtf8Bytes(line), (byte)'\n']);
        _lines.Flush(flushToDisk: true);
    }

    /// <summary>A finished clip; the first line has no clip, and the build's fingerprint as digest.</summary>
    private sealed record JournalLine(string Clip, string Sha256);
}
