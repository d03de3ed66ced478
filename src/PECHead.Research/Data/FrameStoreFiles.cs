using System.Security.Cryptography;
using System.Text;

namespace PECHead.Research.Data;

/// <summary>Names in a frame store's folder, and the checksum file, which sha256sum -c understands.</summary>
internal static class FrameStoreFiles
{
    public const string Frames = "frames.bin";
    public const string Index = "index.json";
    public const string Checksum = "checksum.sha256";
    public const string Progress = "progress.jsonl";

    public static string ChecksumText(string indexDigest, string framesDigest) => $"{indexDigest}  {Index}\n{framesDigest}  {Frames}\n";

    /// <summary>Digests of the index and of the frames.</summary>
    public static (string Index, string Frames) ReadChecksum(string folder)
    {
        var file = Path.Combine(folder, Checksum);
        if (!File.Exists(file))
            throw new DataException("no checksum: not a finished frame store", folder, "Prepare the data first; an interrupted preparation continues where it stopped.");
        var text = Bounded(file);
        var digests = text.Split('\n').Select(line => line.Split("  ", 2)).Where(cells => cells.Length == 2).Select(cells => cells[0]).ToArray();
        return digests is [{ Length: 64 } index, { Length: 64 } frames] && text == ChecksumText(index, frames)
            ? (index, frames)
            : throw new DataException("damaged checksum file", file, "Prepare the data again.");
    }

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Digest of a file, or of a folder of frames (names and contents, in order).</summary>
    public static string DigestOfSource(string path, CancellationToken cancellation)
    {
        try
        {
            if (!Directory.Exists(path))
                return DigestOfFile(path, cancellation);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var frame in VideoInfo.FramesOfFolder(path))
                hash.AppendData(Encoding.UTF8.GetBytes($"{DigestOfFile(frame, cancellation)}  {Path.GetFileName(frame)}\n"));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, path);
        }
    }

    private static string DigestOfFile(string file, CancellationToken cancellation)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, count));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Bounded(string file)
    {
        var bytes = new byte[4096];
        using var stream = File.OpenRead(file);
        return Encoding.ASCII.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }
}
