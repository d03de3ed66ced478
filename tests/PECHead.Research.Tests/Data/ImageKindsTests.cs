using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

/// <summary>Pictures as phones, scanners and drawing programs write them.</summary>
[Collection(MediaTests.Name)]
public sealed class ImageKindsTests : IDisposable
{
    private const int Width = 48;
    private const int Height = 32;

    // Pillow: four 8x8 fields of Fields(), convert("CMYK").save("JPEG", quality=90, optimize=True, subsampling=0).
    private const string Cmyk =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AA" +
        "FAgAEAAQBEMRAE0RAFkRAEsRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAkACgj/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AFFG+N8qbM00" +
        "ypJmaaZUeA8DnpP/2Q==";

    // Without it ffmpeg takes fixed colours for a GIF.
    private const string OwnPalette = "split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The eight positions of a camera, by where a displayed pixel lies in the file (EXIF 2.3, tag 0x0112).</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_photograph_is_shown_upright(int orientation)
    {
        var path = Photograph(orientation);
        var stored = Fields(Width, Height);
        var (width, height) = orientation >= 5 ? (Height, Width) : (Width, Height);

        var read = ImageFile.Read(path);
        var square = ImageFile.ReadSquare(path, 32, new PixelCrop(0, 0, 32));
        var info = VideoInfo.Probe(path);

        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal((width, height, 1), (info.Width, info.Height, info.FrameCount));
        foreach (var (x, y) in new[] { (4, 4), (width - 5, 4), (4, height - 5), (width - 5, height - 5) })
        {
            var (column, row) = orientation switch
            {
                1 => (x, y),
                2 => (Width - 1 - x, y),
                3 => (Width - 1 - x, Height - 1 - y),
                4 => (x, Height - 1 - y),
                5 => (y, x),
                6 => (y, Height - 1 - x),
                7 => (Width - 1 - y, Height - 1 - x),
                _ => (Width - 1 - y, x),
            };
            Near(stored[column, row], read[x, y]);
            if (x < 32 && y < 32)
                Near(read[x, y], square[x, y]);
        }
    }

    [Fact]
    public void A_folder_of_upright_photographs_reads_as_frames()
    {
        Directory.CreateDirectory(_folder["clip"]);
        foreach (var name in new[] { "1.jpg", "2.jpg" })
            File.Move(Photograph(6), _folder[$"clip/{name}"]);
        using var video = VideoFrames.Open(_folder["clip"]);

        var frames = video.ReadAll().ToArray();

        Assert.Equal((Height, Width, 2), (video.Width, video.Height, frames.Length));
        Assert.All(frames, frame => Near(Fields(Width, Height)[4, Height - 1 - 4], frame[4, 4]));
    }

    [Theory]
    [InlineData("format=gray", "a.png")]
    [InlineData("format=gray", "a.jpg")]
    [InlineData("format=gray16be", "a.png")]
    [InlineData("format=ya8", "a.png")]
    public void Grey_becomes_equal_red_green_and_blue(string format, string name)
    {
        var image = ImageFile.Read(Converted(format, name));
        Assert.Equal((Width, Height), (image.Width, image.Height));
        var (r, g, b) = image[40, 28];
        Assert.True(r == g && g == b);
        Assert.InRange(r, 198, 202);
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.webp")]
    public void What_is_transparent_shows_white(string name)
    {
        var path = Converted("format=rgba,colorchannelmixer=aa=0.25", name);
        var image = ImageFile.Read(path);
        Near((254, 196, 196), image[4, 4]);
        Near((254, 196, 196), ImageFile.ReadSquare(path, Height)[4, 4]);
    }

    [Fact]
    public void A_format_that_only_ffmpeg_knows_goes_through_ffmpeg()
    {
        foreach (var name in new[] { "a.tga", "a.ppm", "a.avif" })
        {
            string[] encoding = name == "a.avif" ? ["-c:v", "libaom-av1", "-still-picture", "1", "-crf", "10"] : [];
            Near((250, 20, 20), ImageFile.Read(Converted("null", name, encoding))[4, 4]);
        }
    }

    [Theory]
    [InlineData("photo.heic", "\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "HEIC")]
    [InlineData("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG")]
    [InlineData("paper.png", "%PDF-1.7 and so on", "PDF")]
    public void A_format_that_is_not_read_is_named(string name, string content, string format)
    {
        var error = Assert.Throws<DataException>(() => ImageFile.Read(_folder.Write(name, content)));
        Assert.Contains(format, error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder[name], error.File);
        Assert.StartsWith("Save it as ", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_content_decides_the_format_and_not_the_name()
    {
        File.Move(Photograph(1), _folder["photo.png"]);
        Near((250, 20, 20), ImageFile.Read(_folder["photo.png"])[4, 4]);
    }

    [Fact]
    public void A_photograph_with_more_behind_its_end_is_read()
    {
        var path = Photograph(1);
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), .. "a short video of a phone"u8]);
        Near((250, 20, 20), ImageFile.Read(path)[4, 4]);
    }

    [Fact]
    public void A_written_jpeg_keeps_its_colours_and_is_small()
    {
        var fields = Fields(256, 256);
        var jpeg = PictureEncoding.Jpeg(fields);
        File.WriteAllBytes(_folder["a.jpg"], jpeg);
        var read = ImageFile.Read(_folder["a.jpg"]);
        Assert.All(fields.GetBuffer().Zip(read.GetBuffer()), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 12));
        Assert.InRange(jpeg.Length, 500, 8000);
    }

    [Fact]
    public void A_picture_in_printing_colours_is_read()
    {
        File.WriteAllBytes(_folder["cmyk.jpg"], Convert.FromBase64String(Cmyk));
        var image = ImageFile.Read(_folder["cmyk.jpg"]);
        var fields = Fields(16, 16);
        foreach (var (x, y) in new[] { (3, 3), (12, 3), (3, 12), (12, 12) })
            Near(fields[x, y], image[x, y]);
    }

    [Fact]
    public void Transparency_survives_a_round_trip_over_white()
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=32x24", "-vf", "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='X*8'", "-frames:v", "1", _folder["soft.png"]]);
        var (white, alpha) = (ImageFile.Read(_folder["soft.png"]), ImageFile.ReadAlpha(_folder["soft.png"])!);
        ImageFile.WritePng(_folder["again.png"], white, alpha);
        Assert.Equal((80, 248), (alpha[10, 5].R, alpha[31, 5].G));
        Assert.Equal(alpha.GetBuffer(), ImageFile.ReadAlpha(_folder["again.png"])!.GetBuffer());
        Assert.All(ImageFile.Read(_folder["again.png"]).GetBuffer().Zip(white.GetBuffer()), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1));
        ImageFile.WritePng(_folder["opaque.png"], white);
        Assert.Null(ImageFile.ReadAlpha(_folder["opaque.png"]));
        Assert.Equal(white[3, 20], white.Turned(90)[3, 3]);
    }

    [Fact]
    public void An_animation_is_a_video_and_as_a_picture_its_first_frame()
    {
        ImageFile.WritePng(_folder["a.png"], Fields(Width, Height));
        SyntheticMedia.Ffmpeg(["-loop", "1", "-i", _folder["a.png"], "-vf", $"fps=10,rotate=PI*n,trim=end_frame=3,{OwnPalette}", "-frames:v", "3", _folder["a.gif"]]);

        using var video = VideoFrames.Open(_folder["a.gif"]);
        var frames = video.ReadAll().ToArray();

        Near((250, 20, 20), ImageFile.Read(_folder["a.gif"])[4, 4]);
        Near((250, 20, 20), ImageFile.ReadSquare(_folder["a.gif"], 32, new PixelCrop(0, 0, 32))[4, 4]);
        Assert.Equal(3, frames.Length);
        Near((200, 200, 200), frames[1][4, 4]);
    }

    [Theory]
    [InlineData("one.png")]
    [InlineData("one.jpg")]
    [InlineData("one.bmp")]
    [InlineData("one.gif")]
    public void A_single_pixel_is_a_picture(string name)
    {
        var pixel = new RgbImage(1, 1) { [0, 0] = (250, 20, 20) };
        ImageFile.WritePng(_folder["p.png"], pixel);
        SyntheticMedia.Ffmpeg(["-i", _folder["p.png"], .. name.EndsWith("gif", StringComparison.Ordinal) ? ["-vf", OwnPalette] : Array.Empty<string>(), _folder[name]]);

        var image = ImageFile.Read(_folder[name]);
        var square = ImageFile.ReadSquare(_folder[name], 8);

        Assert.Equal((1, 1), (image.Width, image.Height));
        Near((250, 20, 20), image[0, 0]);
        Near((250, 20, 20), square[7, 7]);
    }

    [Theory]
    [InlineData("empty.jpg", 0)]
    [InlineData("noise.png", 5000)]
    public void What_is_no_picture_is_named_and_the_remedy_with_it(string name, int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        File.WriteAllBytes(_folder[name], bytes);

        Assert.All(
            [() => ImageFile.Read(_folder[name]), () => ImageFile.ReadSquare(_folder[name], 8)],
            (Action read) =>
            {
                var error = Assert.Throws<DataException>(read);
                Assert.Equal(_folder[name], error.File);
                Assert.NotNull(error.Remedy);
            });
        Assert.Throws<DataException>(() => ImageFile.Read(_folder.Root));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void A_truncated_photograph_is_refused(double part)
    {
        var whole = File.ReadAllBytes(Photograph(6));
        File.WriteAllBytes(_folder["cut.jpg"], whole[..(int)(whole.Length * part)]);
        Assert.Throws<DataException>(() => ImageFile.Read(_folder["cut.jpg"]));
        Assert.Throws<DataException>(() => ImageFile.ReadSquare(_folder["cut.jpg"], 8));
    }

    // A JPEG with the block in which cameras note how they were held: one entry, tag 0x0112, a short.
    private string Photograph(int orientation)
    {
        var path = Converted("format=yuvj444p", "photo.jpg", "-q:v", "2");
        var jpeg = File.ReadAllBytes(path);
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0,
            1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0,
        ];
        File.WriteAllBytes(path, [.. jpeg.AsSpan(0, 2), .. exif, .. jpeg.AsSpan(2)]);
        return path;
    }

    private string Converted(string filter, string name, params string[] encoding)
    {
        ImageFile.WritePng(_folder["fields.png"], Fields(Width, Height));
        SyntheticMedia.Ffmpeg(["-i", _folder["fields.png"], "-vf", filter, .. encoding, .. name.EndsWith("webp", StringComparison.Ordinal) ? ["-lossless", "1"] : Array.Empty<string>(), _folder[name]]);
        return _folder[name];
    }

    /// <summary>Red, green; blue, grey.</summary>
    private static RgbImage Fields(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                image[x, y] = (x < width / 2, y < height / 2) switch
                {
                    (true, true) => (250, 20, 20),
                    (false, true) => (20, 250, 20),
                    (true, false) => (20, 20, 250),
                    _ => (200, 200, 200),
                };
        return image;
    }

    private static void Near((byte R, byte G, byte B) expected, (byte R, byte G, byte B) actual) =>
        Assert.True(
            Math.Abs(expected.R - actual.R) <= 8 && Math.Abs(expected.G - actual.G) <= 8 && Math.Abs(expected.B - actual.B) <= 8,
            $"{actual} instead of {expected}");
}
