using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PECHead.Research.Data;

/// <summary>
/// Decoded frames on disk, memory-mapped: any frame at the cost of a copy, from any thread.
/// </summary>
/// <remarks>
/// <para>A frame is size·size·3 bytes, rows from the top, R, G, B interleaved (HWC), 0 to 255; frames follow one another
/// without padding. A batch copied by <see cref="CopyFrames"/> is [N, H, W, 3]: permuted to [N, 3, H, W] it is a
/// channels-last tensor without moving a byte, and divided by 255 it lies in [0, 1].</para>
/// <para>The folder holds frames.bin, index.json and checksum.sha256. Opening verifies the index against its checksum and
/// the size of frames.bin; <see cref="Verify"/> reads all frames.</para>
/// </remarks>
public sealed class FrameStore : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private FrameStore(string folder, FrameStoreIndex index, MemoryMappedFile file)
    {
        (Folder, Index, _file) = (folder, index, file);
        _view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Where the store is.</summary>
    public string Folder { get; }

    /// <summary>Its clips and their splits.</summary>
    public FrameStoreIndex Index { get; }

    /// <summary>Side of the frames, pixels.</summary>
    public int Size => Index.Size;

    /// <summary>Bytes of a frame: size·size·3.</summary>
    public int FrameBytes => Index.FrameBytes;

    /// <summary>Number of frames.</summary>
    public int FrameCount => Index.FrameCount;

    /// <summary>Opens a finished store.</summary>
    /// <param name="folder">As <see cref="FrameStoreBuilder.Build"/> made it.</param>
    /// <returns>The store; dispose to unmap it.</returns>
    /// <exception cref="DataException">No store, an unfinished one, a damaged index, or truncated frames.</exception>
    public static FrameStore Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DataException("no such frame store", folder, "Make it with './run.sh', or with 'pechead data prepare data-manifests/talking-face.yaml --size 128'.");
        try
        {
            var index = ReadIndex(folder);
            var frames = Path.Combine(folder, FrameStoreFiles.Frames);
            var length = File.Exists(frames) ? new FileInfo(frames).Length : 0;
            var expected = (long)index.FrameCount * index.FrameBytes;
            if (length != expected)
                throw new DataException($"{length} bytes where the index says {expected}: the store is truncated or mixed up", frames, "Delete the store and prepare the data again.");
            return new FrameStore(folder, index, MemoryMappedFile.CreateFromFile(
                new FileStream(frames, FileMode.Open, FileAccess.Read, FileShare.Read, 1), null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, folder);
        }
    }

    /// <summary>Copies frames, in the order asked for, repeats included. Safe from several threads at once.</summary>
    /// <param name="frames">Indices, 0 to <see cref="FrameCount"/> − 1.</param>
    /// <param name="destination">frames.Length·<see cref="FrameBytes"/> bytes, [N, H, W, 3].</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the store; nothing is copied from there on.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void CopyFrames(ReadOnlySpan<int> frames, Span<byte> destination)
    {
        var bytes = FrameBytes;
        if (destination.Length != (long)frames.Length * bytes)
            throw new ArgumentException($"expected {(long)frames.Length * bytes} bytes for {frames.Length} frames, received {destination.Length}", nameof(destination));
        var pages = _view.SafeMemoryMappedViewHandle;
        for (var i = 0; i < frames.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)frames[i], (uint)FrameCount, nameof(frames));
            Copy(pages, (ulong)frames[i] * (ulong)bytes, destination.Slice(i * bytes, bytes));
        }
    }

    /// <summary>One frame as a picture.</summary>
    /// <param name="frame">Index, 0 to <see cref="FrameCount"/> − 1.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the store.</exception>
    public RgbImage ReadFrame(int frame)
    {
        var image = new RgbImage(Size, Size);
        CopyFrames([frame], image.Pixels);
        return image;
    }

    /// <summary>Reads every frame and compares all digests.</summary>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="DataException">Names the first damaged clip.</exception>
    public void Verify(CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var clip in Index.Clips)
        {
            if (Digest(clip, whole, cancellation) != clip.Sha256)
                throw new DataException($"the frames of clip {clip.Id} are damaged", Path.Combine(Folder, FrameStoreFiles.Frames), "Delete the store and prepare the data again.");
        }

        if (Convert.ToHexStringLower(whole.GetHashAndReset()) != FrameStoreFiles.ReadChecksum(Folder).Frames)
            throw new DataException("the frames differ from the checksum", Path.Combine(Folder, FrameStoreFiles.Checksum), "Delete the store and prepare the data again.");
    }

    /// <summary>Whether the frames of a clip are as they were written.</summary>
    /// <param name="clip">One of the store.</param>
    /// <param name="cancellation">Stops.</param>
    public bool IsWhole(StoredClip clip, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return Digest(clip, null, AmbientCancellation.Or(cancellation)) == clip.Sha256;
    }

    /// <summary>Unmaps the frames.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private string Digest(StoredClip clip, IncrementalHash? whole, CancellationToken cancellation)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var frame = new byte[FrameBytes];
        for (var i = clip.First; i < clip.End; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            CopyFrames([i], frame);
            whole?.AppendData(frame);
            digest.AppendData(frame);
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    // ReadSpan copies element by element: with 64-byte elements it is five times as fast as with bytes.
    private static void Copy(SafeMemoryMappedViewHandle pages, ulong offset, Span<byte> destination)
    {
        var blocks = MemoryMarshal.Cast<byte, Block>(destination);
        pages.ReadSpan(offset, blocks);
        var copied = blocks.Length * Unsafe.SizeOf<Block>();
        if (copied < destination.Length)
            pages.ReadSpan(offset + (ulong)copied, destination[copied..]);
    }

    internal static FrameStoreIndex ReadIndex(string folder)
    {
        var file = Path.Combine(folder, FrameStoreFiles.Index);
        var (expected, _) = FrameStoreFiles.ReadChecksum(folder);
        if (!File.Exists(file) || FrameStoreFiles.DigestOfSource(file, CancellationToken.None) != expected)
            throw new DataException("the index differs from its checksum", file, "Delete the store and prepare the data again.");
        return FrameStoreIndexFile.Read(file);
    }

    [InlineArray(64)]
    private struct Block
    {
        private byte _first;
    }
}
