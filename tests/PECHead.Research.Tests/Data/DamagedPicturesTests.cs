using System.Diagnostics;
using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Tests.Training;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;
using Xunit.Abstractions;

namespace PECHead.Research.Tests.Data;

/// <summary>Pictures damaged at random, cut, and made to promise too much: read or refused, and nothing else.</summary>
[Collection(AloneCollection.Name)]
public sealed class DamagedPicturesTests(ITestOutputHelper output) : IDisposable
{
    private const int UsualCases = 300;
    private const long MemoryLimit = 1L << 30;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    // tests/fuzz.sh asks for many more than a run of all tests.
    private static readonly int Cases =
        int.TryParse(Environment.GetEnvironmentVariable("PECHEAD_FUZZ_PICTURES"), CultureInfo.InvariantCulture, out var cases) ? cases : UsualCases;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_picture_damaged_anywhere_is_read_or_refused_in_little_memory_and_time()
    {
        var pictures = Pictures().ToArray();
        var (read, longest, most, before) = (0, TimeSpan.Zero, 0L, Environment.WorkingSet);
        for (var i = 0; i < Cases; i++)
        {
            var random = new Random(i);
            var (name, whole) = pictures[i % pictures.Length];
            var path = _folder[name];
            File.WriteAllBytes(path, Damage(random, whole));
            var watch = Stopwatch.StartNew();
            try
            {
                ImageFile.Read(path);
                read++;
            }
            catch (DataException failure) when (failure.File == path && failure.Remedy is not null)
            {
            }
            catch (Exception failure)
            {
                Assert.Fail($"case {i}, {name}: {failure}");
            }
            (longest, most) = (watch.Elapsed > longest ? watch.Elapsed : longest, Math.Max(most, Environment.WorkingSet - before));
            Assert.True(watch.Elapsed < TimeLimit, $"case {i}, {name}: {watch.Elapsed}");
            Assert.True(most < MemoryLimit, $"case {i}, {name}: {most} bytes");
        }
        output.WriteLine($"{Cases} cases: {read} read, {Cases - read} refused; the longest {longest.TotalSeconds:0.00} s; at most {most >> 20} MB more than before");
        Assert.InRange(read, 1, Cases - 1);
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        foreach (var (name, whole) in Pictures().Where(picture => picture.Name is not "animation.gif"))
        {
            for (var part = 1; part < 20; part++)
            {
                File.WriteAllBytes(_folder[name], whole[..(whole.Length * part / 20)]);
                Assert.Equal(_folder[name], Assert.Throws<DataException>(() => ImageFile.Read(_folder[name])).File);
            }
        }
    }

    [Theory]
    [InlineData("bomb.png", 60000, 60000, "megapixels")]
    [InlineData("wide.png", 20000, 10, "pixels a side")]
    [InlineData("small.png", 9000, 9000, "cannot hold")]
    public void A_picture_that_promises_more_than_it_may_is_refused_before_it_is_decoded(string name, int width, int height, string reason)
    {
        var png = Pictures().First().File;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        File.WriteAllBytes(_folder[name], png);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<DataException>(() => ImageFile.Read(_folder[name]));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    // Bytes changed, bits turned, numbers at their extremes, pieces lost or doubled, the end cut off; half of it near the start.
    private static byte[] Damage(Random random, byte[] whole)
    {
        const int LongestPiece = 64, Start = 128;
        var bytes = whole.ToArray();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Length > 0; changes--)
        {
            var at = random.Next(random.Next(2) == 0 ? bytes.Length : Math.Min(Start, bytes.Length));
            var end = Math.Min(bytes.Length, at + 1 + random.Next(LongestPiece));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(1 + random.Next(8), bytes.Length - at)).Fill((byte)(random.Next(2) * 255));
                    break;
                case 3:
                    bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(end)];
                    break;
                case 4:
                    bytes = [.. bytes.AsSpan(0, end), .. bytes.AsSpan(at)];
                    break;
                default:
                    bytes = random.Next(4) == 0 ? bytes[..at] : bytes;
                    break;
            }
        }
        return bytes;
    }

    private static IEnumerable<(string Name, byte[] File)> Pictures()
    {
        yield return Saved("rgb.png", new PngEncoder());
        yield return Saved("grey16.png", new PngEncoder { ColorType = PngColorType.Grayscale, BitDepth = PngBitDepth.Bit16 });
        yield return Saved("rgba16.png", new PngEncoder { ColorType = PngColorType.RgbWithAlpha, BitDepth = PngBitDepth.Bit16 });
        yield return Saved("palette.png", new PngEncoder { ColorType = PngColorType.Palette, BitDepth = PngBitDepth.Bit4 });
        yield return Saved("interlaced.png", new PngEncoder { InterlaceMethod = PngInterlaceMode.Adam7 });
        yield return Saved("420.jpg", new JpegEncoder { ColorType = JpegColorType.YCbCrRatio420 });
        yield return Saved("444.jpg", new JpegEncoder { ColorType = JpegColorType.YCbCrRatio444, Quality = 95 });
        yield return Saved("grey.jpg", new JpegEncoder { ColorType = JpegColorType.Luminance });
        yield return Saved("cmyk.jpg", new JpegEncoder { ColorType = JpegColorType.Cmyk });
        yield return Saved("lossy.webp", new WebpEncoder { FileFormat = WebpFileFormatType.Lossy });
        yield return Saved("lossless.webp", new WebpEncoder { FileFormat = WebpFileFormatType.Lossless });
        yield return Saved("animation.gif", new GifEncoder(), frames: 3);
        yield return Saved("rgb.bmp", new BmpEncoder { BitsPerPixel = BmpBitsPerPixel.Pixel24 });
        yield return Saved("rgba.bmp", new BmpEncoder { BitsPerPixel = BmpBitsPerPixel.Pixel32, SupportTransparency = true });
        yield return Saved("palette.bmp", new BmpEncoder { BitsPerPixel = BmpBitsPerPixel.Pixel8 });
        foreach (var compression in new[] { TiffCompression.None, TiffCompression.Lzw, TiffCompression.Deflate, TiffCompression.PackBits, TiffCompression.Jpeg })
            yield return Saved($"{compression}.tif", new TiffEncoder { Compression = compression, BitsPerPixel = TiffBitsPerPixel.Bit24 });
        yield return Saved("fax.tif", new TiffEncoder { Compression = TiffCompression.CcittGroup4Fax, BitsPerPixel = TiffBitsPerPixel.Bit1, PhotometricInterpretation = TiffPhotometricInterpretation.BlackIsZero });
    }

    private static (string Name, byte[] File) Saved(string name, IImageEncoder encoder, int frames = 1)
    {
        const int Width = 48, Height = 36;
        using var image = new Image<Rgba32>(Width, Height);
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                image[x, y] = new Rgba32((byte)(x * 5), (byte)(y * 7), (byte)(x * y), (byte)(255 - x));
        for (var i = 1; i < frames; i++)
            image.Frames.AddFrame(image.Frames.RootFrame);
        using var bytes = new MemoryStream();
        image.Save(bytes, encoder);
        return (name, bytes.ToArray());
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1);
        }
        return ~crc;
    }
}
