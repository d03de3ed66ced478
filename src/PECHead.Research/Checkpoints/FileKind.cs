using System.Buffers.Binary;
using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>Layouts of weight files.</summary>
internal enum FileKind
{
    /// <summary>safetensors.</summary>
    Safetensors,

    /// <summary>torch.save since PyTorch 1.6.</summary>
    TorchZip,

    /// <summary>torch.save before PyTorch 1.6.</summary>
    TorchLegacy,
}

/// <summary>Tells the layouts of weight files by their first bytes; extensions say nothing (a ".pth.tar" is no tar archive).</summary>
internal static class FileKinds
{
    /// <summary>How many bytes are enough to tell.</summary>
    public const int PrefixBytes = 512;

    /// <summary>Tells the layout.</summary>
    /// <param name="start">The first bytes of the file, at most <see cref="PrefixBytes"/>.</param>
    /// <param name="fileLength">Size of the whole file in bytes.</param>
    /// <returns>One of the layouts that are read here.</returns>
    /// <exception cref="CheckpointFormatException">Any other file; the message says what it seems to be and what to do.</exception>
    public static FileKind Of(ReadOnlySpan<byte> start, long fileLength)
    {
        if (start.StartsWith("PK\u0003\u0004"u8))
            return FileKind.TorchZip;
        if (LegacyTorchFile.HasSignature(start))
            return FileKind.TorchLegacy;
        if (IsSafetensors(start, fileLength))
            return FileKind.Safetensors;
        throw new CheckpointFormatException(Describe(start, fileLength));
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> start, long fileLength) =>
        start.Length > sizeof(ulong)
        && start[sizeof(ulong)] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(start) is > 0 and <= SafetensorsHeader.MaxBytes;

    private static string Describe(ReadOnlySpan<byte> start, long fileLength)
    {
        var text = Encoding.Latin1.GetString(start).TrimStart();
        if (fileLength == 0)
            return "The file is empty.";
        if (text.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "The file is a web page, not weights: the download needs a log-in or a confirmation. Fetch it with a browser.";
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return "The file is a Git LFS pointer, not weights: fetch the content with 'git lfs pull'.";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) || start.StartsWith("BZh"u8) || start.StartsWith("7z"u8) || start.StartsWith("Rar!"u8))
            return "The file is a compressed archive: unpack it first.";
        if (start.Length > 262 && start[257..262].SequenceEqual("ustar"u8))
            return "The file is a tar archive, the layout of PyTorch before 0.1.10: load and save it once with a newer PyTorch.";
        if (start is [0x80, >= 2 and <= 5, ..])
            return "The file is a plain pickle that torch.save did not write.";
        return IsTorchSharp(start)
            ? "The file seems to be a TorchSharp .dat: only its module can read it, with load()."
            : "The file is neither safetensors nor a file of torch.save.";
    }

    /// <summary>A .dat starts with an entry count and a name, both with variable-length numbers.</summary>
    private static bool IsTorchSharp(ReadOnlySpan<byte> start)
    {
        if (!TryVariableLength(ref start, out var count) || count is 0 or > 1_000_000)
            return false;
        if (!TryVariableLength(ref start, out var length) || length is 0 or > 256 || (int)length > start.Length)
            return false;
        foreach (var c in start[..(int)length])
        {
            if (c is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'.'))
                return false;
        }

        return true;
    }

    private static bool TryVariableLength(ref ReadOnlySpan<byte> bytes, out uint value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(bytes.Length, 4); i++)
        {
            value |= (uint)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
