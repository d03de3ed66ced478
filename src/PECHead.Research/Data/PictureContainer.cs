using System.Buffers.Binary;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;

namespace PECHead.Research.Data;

/// <summary>
/// Files of pictures reduced to the parts that the first picture is made of. A file that ends early is found out here: the
/// decoder would fill what is missing with grey. What is dropped, compressed texts and profiles among it, cannot do harm.
/// </summary>
internal static class PictureContainer
{
    private const int MostScans = 100;      // of a progressive JPEG; encoders write about ten

    /// <summary>Checks and reduces a file.</summary>
    /// <param name="format">What its first bytes say.</param>
    /// <param name="file">The whole file; a TIFF is changed in place.</param>
    /// <returns>The file of one picture; null: of a kind that the decoder reads wrongly.</returns>
    /// <exception cref="InvalidDataException">The file ends early or contradicts itself.</exception>
    public static byte[]? Reduce(IImageFormat format, byte[] file) => format switch
    {
        PngFormat => Png(file),
        JpegFormat => Jpeg(file),
        WebpFormat => WebpContainer.Reduce(file),
        GifFormat => Gif(file),
        BmpFormat => Bmp(file),
        _ => TiffContainer.Reduce(file),
    };

    /// <summary>A part of a file.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    internal static Span<byte> Part(byte[] file, long at, long length) =>
        at >= 0 && length >= 0 && at <= file.Length - length ? file.AsSpan((int)at, (int)length) : throw new InvalidDataException("the file is truncated");

    private static byte[] Png(byte[] file)
    {
        using var kept = new MemoryStream();
        kept.Write(Part(file, 0, 8));
        for (long at = 8; ;)
        {
            var chunk = Part(file, at, 12L + BinaryPrimitives.ReadUInt32BigEndian(Part(file, at, 4)));
            var type = chunk.Slice(4, 4);
            var isEnd = type.SequenceEqual("IEND"u8);
            if (isEnd || type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("tRNS"u8) || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("eXIf"u8))
                kept.Write(chunk);
            if (isEnd)
                return kept.ToArray();
            at += chunk.Length;
        }
    }

    // Up to the end of the first picture: phones append others, and videos. Inside of a scan, 0xFF is followed by 0 or a restart.
    private static byte[] Jpeg(byte[] file)
    {
        const byte Mark = 0xFF, Start = 0xD8, End = 0xD9, FirstRestart = 0xD0, Scan = 0xDA, Standalone = 1;
        var scans = 0;
        for (long at = 2; ;)
        {
            var skipped = file.AsSpan((int)Math.Min(at, file.Length)).IndexOf(Mark);
            at += Math.Max(0, skipped);
            switch (Part(file, at, skipped < 0 ? file.Length : 2)[1])
            {
                case End:
                    return file[..(int)(at + 2)];
                case Mark:
                    at++;
                    break;
                case <= Standalone or (>= FirstRestart and <= Start):
                    at += 2;
                    break;
                case var marker:
                    if (marker == Scan && ++scans > MostScans)
                        throw new InvalidDataException($"more than {MostScans} scans");
                    at += 2 + BinaryPrimitives.ReadUInt16BigEndian(Part(file, at + 2, 2));
                    break;
            }
        }
    }

    private static byte[] Gif(byte[] file)
    {
        const byte Extension = 0x21, Control = 0xF9, Picture = 0x2C, Trailer = 0x3B;
        using var kept = new MemoryStream();
        var at = 13 + PaletteBytes(Part(file, 0, 13)[10]);
        kept.Write(Part(file, 0, at));
        while (true)
        {
            var start = at;
            switch (Part(file, at, 2)[0])
            {
                case Extension:
                    at = EndOfBlocks(file, at + 2);
                    if (file[start + 1] == Control)
                        kept.Write(file.AsSpan(start, at - start));
                    break;
                case Picture:
                    at = EndOfBlocks(file, at + 11 + PaletteBytes(Part(file, at, 10)[9]));
                    kept.Write(file.AsSpan(start, at - start));
                    kept.WriteByte(Trailer);
                    return kept.ToArray();
                default:
                    throw new InvalidDataException("no picture in it");
            }
        }

        static int PaletteBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

        static int EndOfBlocks(byte[] file, int at)
        {
            while (Part(file, at, 1)[0] is > 0 and var length)
                at += 1 + length;
            return at + 1;
        }
    }

    private static byte[] Bmp(byte[] file)
    {
        const int OldHeader = 12, Plain = 0, Masked = 3, MaskedWithAlpha = 6;
        var header = Part(file, 0, 26);
        var start = BinaryPrimitives.ReadUInt32LittleEndian(header[10..]);
        long width, height, depth, compression = Plain, stored = 0;
        if (BinaryPrimitives.ReadInt32LittleEndian(header[14..]) == OldHeader)
        {
            (width, height, depth) = (BinaryPrimitives.ReadUInt16LittleEndian(header[18..]), BinaryPrimitives.ReadInt16LittleEndian(header[20..]), BinaryPrimitives.ReadUInt16LittleEndian(header[24..]));
        }
        else
        {
            header = Part(file, 0, 38);
            (width, height, depth) = (BinaryPrimitives.ReadInt32LittleEndian(header[18..]), BinaryPrimitives.ReadInt32LittleEndian(header[22..]), BinaryPrimitives.ReadUInt16LittleEndian(header[28..]));
            (compression, stored) = (BinaryPrimitives.ReadUInt32LittleEndian(header[30..]), BinaryPrimitives.ReadUInt32LittleEndian(header[34..]));
        }
        var plain = compression is Plain or Masked or MaskedWithAlpha;
        // Rows are whole words of 32 bits; those of compressed pictures are as long as the header says.
        _ = Part(file, start, plain ? ((width * depth) + 31) / 32 * 4 * Math.Abs(height) : stored);
        return file;
    }
}
