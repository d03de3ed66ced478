using System.Buffers.Binary;
using System.Text;

namespace PECHead.Research.Data;

/// <summary>A WebP file reduced to one still picture and the camera's position; of an animation, its first frame.</summary>
internal static class WebpContainer
{
    private const int HeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const int FrameHeaderBytes = 16;
    private const byte HasAlpha = 0x10;
    private const byte HasExif = 0x08;

    /// <summary>Checks and reduces a file.</summary>
    /// <exception cref="InvalidDataException">It ends early, or holds no picture of the size it declares.</exception>
    public static byte[] Reduce(byte[] file)
    {
        var length = ChunkHeaderBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(PictureContainer.Part(file, 4, 4));
        PictureContainer.Part(file, 0, length);
        var chunks = Chunks(file, HeaderBytes, (int)length);
        var canvas = chunks.FirstOrDefault(chunk => chunk.Type == "VP8X").Bytes;
        var frame = chunks.FirstOrDefault(chunk => chunk.Type == "ANMF").Bytes;
        if (frame is not null)
        {
            if (canvas?.Length < ChunkHeaderBytes + 10 || frame.Length < ChunkHeaderBytes + FrameHeaderBytes)
                throw new InvalidDataException("the file is truncated");
            // Width and height less one, three bytes each, stand behind the flags of the canvas and behind the frame's place.
            if (canvas is null || !canvas.AsSpan(ChunkHeaderBytes + 4, 6).SequenceEqual(frame.AsSpan(ChunkHeaderBytes + 6, 6)))
                throw new InvalidDataException("an animation whose first frame does not fill it");
            chunks = [.. chunks.Where(chunk => chunk.Type == "EXIF"), .. Chunks(frame, ChunkHeaderBytes + FrameHeaderBytes, frame.Length)];
        }
        var picture = chunks.Where(chunk => chunk.Type is "ALPH" or "VP8 " or "VP8L").ToArray();
        if (!picture.Any(chunk => chunk.Type is "VP8 " or "VP8L"))
            throw new InvalidDataException("no picture in it");
        using var kept = new MemoryStream();
        kept.Write("RIFF\0\0\0\0WEBP"u8);
        var exif = Plain(chunks.FirstOrDefault(chunk => chunk.Type == "EXIF").Bytes);
        if (canvas is not null)
        {
            canvas[ChunkHeaderBytes] = (byte)((picture.Any(chunk => chunk.Type is "ALPH" or "VP8L") ? HasAlpha : 0) | (exif is null ? 0 : HasExif));
            kept.Write(canvas);
        }
        foreach (var (_, bytes) in picture)
            kept.Write(bytes);
        if (canvas is not null && exif is not null)
            kept.Write(exif);
        var reduced = kept.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(reduced.AsSpan(4), reduced.Length - ChunkHeaderBytes);
        return reduced;
    }

    // Some writers begin the chunk as a JPEG's segment begins.
    private static byte[]? Plain(byte[]? exif)
    {
        ReadOnlySpan<byte> prefix = "Exif\0\0"u8;
        if (exif is null || !exif.AsSpan(ChunkHeaderBytes).StartsWith(prefix)) return exif;
        byte[] plain = [.. exif.AsSpan(0, ChunkHeaderBytes), .. exif.AsSpan(ChunkHeaderBytes + prefix.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(4), BinaryPrimitives.ReadInt32LittleEndian(exif.AsSpan(4)) - prefix.Length);
        return plain;
    }

    private static List<(string Type, byte[] Bytes)> Chunks(byte[] file, int start, int end)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = start; at + ChunkHeaderBytes <= end;)
        {
            var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(PictureContainer.Part(file, at + 4, 4));
            // Odd lengths are padded; some writers leave out the last padding.
            var padded = Math.Min(ChunkHeaderBytes + length + (length & 1), Math.Max(end - at, ChunkHeaderBytes + length));
            chunks.Add((Encoding.ASCII.GetString(file, at, 4), PictureContainer.Part(file, at, padded).ToArray()));
            at += (int)padded;
        }
        return chunks;
    }
}
