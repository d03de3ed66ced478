using System.Security.Cryptography;
using System.Text.Json;

namespace PECHead.Research.Data;

/// <summary>
/// The frames of a store under construction and the record of which clips are whole: a clip counts only when its frames
/// are on the disk and its line, written afterwards, is.
/// </summary>
internal sealed class BuildJournal : IDisposable
{
    private readonly FileStream _frames;
    private readonly FileStream _lines;
    private readonly IncrementalHash _whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _clip = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<(string Id, int Count, string Sha256)> _finished = [];
    private int _framesOfClip;

    private BuildJournal(FileStream frames, FileStream lines) => (_frames, _lines) = (frames, lines);

    /// <summary>Clips that are whole, in order.</summary>
    public IReadOnlyList<(string Id, int Count, string Sha256)> Finished => _finished;

    /// <summary>Bytes of their frames.</summary>
    public long FinishedBytes { get; private set; }

    /// <summary>Opens the folder of a build, keeping what an earlier one with the same fingerprint has finished.</summary>
    /// <exception cref="DataException">Another process builds the same store.</exception>
    public static BuildJournal Open(
        string folder, string fingerprint, int frameBytes, IReadOnlyList<(string Id, int Count)> plan, CancellationToken cancellation)
    {
        const int WouldBlock = 11;
        const int WindowsSharingViolation = unchecked((int)0x80070020);
        Directory.CreateDirectory(folder);
        FileStream frames;
        try
        {
            // Without sharing: the lock ends with the process, however it ends.
            frames = new FileStream(Path.Combine(folder, FrameStoreFiles.Frames), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (IOException failure) when (failure.HResult is WouldBlock or WindowsSharingViolation)
        {
            throw new DataException("another process is preparing this store", folder, "Wait for it, or stop it.", failure);
        }

        var lines = new FileStream(Path.Combine(folder, FrameStoreFiles.Progress), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1);
        var journal = new BuildJournal(frames, lines);
        try
        {
            // Left by a build that was killed before its last step: it would vouch for frames that are being changed.
            File.Delete(Path.Combine(folder, FrameStoreFiles.Checksum));
            journal.Recover(fingerprint, frameBytes, plan, cancellation);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    public void Append(ReadOnlySpan<byte> frame)
    {
        _frames.Write(frame);
        _clip.AppendData(frame);
        _whole.AppendData(frame);
        _framesOfClip++;
    }

    public void FinishClip(string id)
    {
        _frames.Flush(flushToDisk: true);
        var digest = Convert.ToHexStringLower(_clip.GetHashAndReset());
        WriteLine(new JournalLine(id, _framesOfClip, digest));
        _finished.Add((id, _framesOfClip, digest));
        FinishedBytes = _frames.Position;
        _framesOfClip = 0;
    }

    /// <summary>Ends the build: digest of all frames.</summary>
    public string Complete()
    {
        _frames.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(_whole.GetHashAndReset());
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

        _whole.Dispose();
        _clip.Dispose();
    }

    private void Recover(string fingerprint, int frameBytes, IReadOnlyList<(string Id, int Count)> plan, CancellationToken cancellation)
    {
        var kept = ReadLines();
        var end = 0L;
        if (kept.Count > 0 && kept[0] is { Line: { Clip: "", Sha256: var was }, End: var headerEnd } && was == fingerprint)
        {
            end = headerEnd;
            foreach (var ((line, lineEnd), (id, count)) in kept.Skip(1).Zip(plan))
            {
                if (line.Clip != id || line.Frames != count || !Holds(line, frameBytes, cancellation))
                    break;
                _finished.Add((line.Clip, line.Frames, line.Sha256));
                FinishedBytes += (long)line.Frames * frameBytes;
                end = lineEnd;
            }
        }

        _lines.SetLength(end);
        _lines.Position = end;
        _frames.SetLength(FinishedBytes);
        _frames.Position = FinishedBytes;
        if (end == 0)
            WriteLine(new JournalLine("", 0, fingerprint));
    }

    /// <summary>Whether the frames of the next clip are there as recorded; if so they enter the digest of all.</summary>
    private bool Holds(JournalLine line, int frameBytes, CancellationToken cancellation)
    {
        if (_frames.Length < FinishedBytes + ((long)line.Frames * frameBytes))
            return false;
        var frame = new byte[frameBytes];
        for (var pass = 0; pass < 2; pass++)
        {
            // Twice, because a digest cannot be taken back: the clip's first, then, if it is right, the whole's.
            var hash = pass == 0 ? _clip : _whole;
            _frames.Position = FinishedBytes;
            for (var i = 0; i < line.Frames; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                _frames.ReadExactly(frame);
                hash.AppendData(frame);
            }

            if (pass == 0 && Convert.ToHexStringLower(_clip.GetHashAndReset()) != line.Sha256)
                return false;
        }

        return true;
    }

    /// <summary>Lines up to the first torn or strange one, each with the offset after it.</summary>
    private List<(JournalLine Line, long End)> ReadLines()
    {
        var result = new List<(JournalLine, long)>();
        _lines.Position = 0;
        var bytes = new byte[_lines.Length];
        _lines.ReadExactly(bytes);
        for (int start = 0, stop; (stop = bytes.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += stop + 1)
        {
            try
            {
                if (JsonSerializer.Deserialize<JournalLine>(bytes.AsSpan(start, stop)) is not { Clip: not null, Sha256: not null, Frames: >= 0 } line)
                    break;
                result.Add((line, start + stop + 1));
            }
            catch (JsonException)
            {
                break;
            }
        }

        return result;
    }

    private void WriteLine(JournalLine line)
    {
        _lines.Write([.. JsonSerializer.SerializeToUtf8Bytes(line), (byte)'\n']);
        _lines.Flush(flushToDisk: true);
    }

    /// <summary>A finished clip; the first line has no clip, and the build's fingerprint as digest.</summary>
    private sealed record JournalLine(string Clip, int Frames, string Sha256);
}
