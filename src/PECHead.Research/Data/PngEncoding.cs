using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PECHead.Research.Data;

/// <summary>PNG bytes in memory, for pictures embedded in a document; one process per small picture would be slow.</summary>
internal static class PngEncoding
{
    private const byte BitDepth = 8;
    private const byte TrueColor = 2;
    private const byte FilterSub = 1;
    private const uint CrcPolynomial = 0xEDB88320;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(i => CrcOfByte((uint)i))];

    public static byte[] Encode(RgbImage image)
    {
        using var png = new MemoryStream();
        png.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        (header[8], header[9]) = (BitDepth, TrueColor);
        WriteChunk(png, "IHDR", header);
        WriteChunk(png, "IDAT", Compress(image));
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    // Every row stores the difference to the pixel on its left, which deflates well.
    private static byte[] Compress(RgbImage image)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            int stride = 3 * image.Width;
            var line = new byte[1 + stride];
            line[0] = FilterSub;
            for (int y = 0; y < image.Height; y++)
            {
                var row = image.Pixels.Slice(y * stride, stride);
                for (int i = 0; i < stride; i++)
                    line[1 + i] = (byte)(row[i] - (i < 3 ? 0 : row[i - 3]));
                deflate.Write(line);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, string type, byte[] data)
    {
        var chunk = new byte[4 + data.Length];
        Encoding.ASCII.GetBytes(type, chunk);
        data.CopyTo(chunk, 4);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(chunk));
        png.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
            crc = CrcTable[(byte)crc ^ b] ^ (crc >> 8);
        return ~crc;
    }

    private static uint CrcOfByte(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : CrcPolynomial ^ (value >> 1);
        return value;
    }
}
