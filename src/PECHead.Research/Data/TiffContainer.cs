using System.Buffers.Binary;

namespace PECHead.Research.Data;

/// <summary>A TIFF file reduced to its first page, whose strips or tiles are all there.</summary>
internal static class TiffContainer
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;

    /// <summary>Checks the first page and takes the pages behind it away.</summary>
    /// <param name="file">The whole file; changed in place.</param>
    /// <returns>The file; null: 64-bit offsets, or the compressions of fax machines, whose black the decoder takes for white.</returns>
    /// <exception cref="InvalidDataException">The file ends early.</exception>
    public static byte[]? Reduce(byte[] file)
    {
        var page = new Page(file);
        if (page.Short(2) != 42)
            return null;
        long directory = page.Long(4);
        var count = page.Short(directory);
        PictureContainer.Part(file, directory + 2, (count * EntryBytes) + 4)[^4..].Clear();
        long[] offsets = [], lengths = [];
        for (var at = directory + 2; at < directory + 2 + (count * EntryBytes); at += EntryBytes)
        {
            switch ((Tag)page.Short(at))
            {
                case Tag.Compression when page.Short(at + 8) is >= 2 and <= 4:
                    return null;
                case Tag.Compression when page.Short(at + 8) == 6:
                    throw new InvalidDataException("a TIFF with JPEG of the withdrawn kind");
                case Tag.StripOffsets or Tag.TileOffsets:
                    offsets = page.Numbers(at);
                    break;
                case Tag.StripLengths or Tag.TileLengths:
                    lengths = page.Numbers(at);
                    break;
            }
        }
        foreach (var (offset, length) in offsets.Zip(lengths))
            PictureContainer.Part(file, offset, length);
        return offsets.Length > 0 && offsets.Length == lengths.Length ? file : throw new InvalidDataException("no picture in it");
    }

    private enum Tag
    {
        Compression = 259,
        StripOffsets = 273,
        StripLengths = 279,
        TileOffsets = 324,
        TileLengths = 325,
    }

    /// <summary>Numbers in the byte order of the file.</summary>
    private readonly struct Page(byte[] file)
    {
        private readonly bool _little = PictureContainer.Part(file, 0, HeaderBytes)[0] == 'I';

        public int Short(long at)
        {
            var bytes = PictureContainer.Part(file, at, 2);
            return _little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        public long Long(long at)
        {
            var bytes = PictureContainer.Part(file, at, 4);
            return _little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        // Type, count, and the numbers themselves or where they stand if they take more than four bytes.
        public long[] Numbers(long entry)
        {
            const int Short16 = 3;
            var size = Short(entry + 2) == Short16 ? 2 : 4;
            var bytes = Long(entry + 4) * size;
            var start = bytes <= 4 ? entry + 8 : Long(entry + 8);
            PictureContainer.Part(file, start, bytes);
            var numbers = new long[bytes / size];
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = size == 2 ? Short(start + (2 * i)) : Long(start + (4 * i));
            return numbers;
        }
    }
}
