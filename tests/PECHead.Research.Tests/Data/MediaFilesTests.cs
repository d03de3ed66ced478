using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

[Collection(MediaTests.Name)]
public sealed class MediaFilesTests(SyntheticMedia media) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(31, 17)]
    public void A_png_comes_back_as_it_was_written(int width, int height)
    {
        var image = Noise(width, height);
        ImageFile.WritePng(_folder["deep/er/a.png"], image);
        var read = ImageFile.Read(_folder["deep/er/a.png"]);
        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.True(read.Pixels.SequenceEqual(image.Pixels));
        Assert.Single(Directory.GetFileSystemEntries(_folder["deep/er"]));
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("webp")]
    public void Other_formats_are_read(string extension)
    {
        SyntheticMedia.Ffmpeg(["-i", media.Video, "-frames:v", "1", _folder["a." + extension]]);
        var image = ImageFile.Read(_folder["a." + extension]);
        Assert.Equal((SyntheticMedia.Width, SyntheticMedia.Height), (image.Width, image.Height));
    }

    [Fact]
    public void A_square_of_a_picture_is_cut_and_resized()
    {
        ImageFile.WritePng(_folder["a.png"], Noise(60, 40));
        var square = ImageFile.ReadSquare(_folder["a.png"], 20);
        Assert.Equal((20, 20), (square.Width, square.Height));
        Assert.True(ImageFile.ReadSquare(_folder["a.png"], 20, new PixelCrop(10, 0, 40)).Pixels.SequenceEqual(square.Pixels));
        Assert.Throws<DataException>(() => ImageFile.ReadSquare(_folder["a.png"], 20, new PixelCrop(30, 0, 40)));
    }

    [Fact]
    public void A_missing_or_damaged_picture_is_named()
    {
        Assert.Contains("no such file", Assert.Throws<DataException>(() => ImageFile.Read(_folder["none.png"])).Message);
        Assert.Contains("not readable", Assert.Throws<DataException>(() => ImageFile.Read(_folder.Write("text.png", "text"))).Message);
        ImageFile.WritePng(_folder["a.png"], Noise(60, 40));
        File.WriteAllBytes(_folder["cut.png"], File.ReadAllBytes(_folder["a.png"])[..500]);
        Assert.Equal(_folder["cut.png"], Assert.Throws<DataException>(() => ImageFile.Read(_folder["cut.png"])).File);
    }

    [Fact]
    public void A_picture_must_have_a_sensible_size()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(RgbImage.MaximumSide + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(RgbImage.MaximumSide, RgbImage.MaximumSide));
        Assert.Throws<ArgumentException>(() => new RgbImage(2, 2, new byte[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(2, 2)[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(2, 2)[0, -1]);
    }

    [Theory]
    [InlineData(48, 32)]
    [InlineData(33, 21)]
    public void A_written_video_shows_the_same_frames(int width, int height)
    {
        var frames = Enumerable.Range(0, 6).Select(i => Ramp(width, height, i * 20)).ToArray();
        using (var writer = new VideoWriter(_folder["v.mp4"], width, height, 12.5, quality: 4))
        {
            foreach (var frame in frames)
                writer.Write(frame);
            writer.Complete();
        }

        using var video = VideoFrames.Open(_folder["v.mp4"]);
        Assert.Equal((12.5, 6), (video.Info.Rate, video.Info.FrameCount));
        Assert.Equal((width + (width % 2), height + (height % 2)), (video.Width, video.Height));
        foreach (var (read, written) in video.ReadAll().Zip(frames))
            for (var y = 0; y < height; y += 5)
                for (var x = 0; x < width; x += 5)
                    Assert.InRange(Math.Abs(read[x, y].G - written[x, y].G), 0, 6);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void An_unfinished_video_leaves_nothing_behind()
    {
        using (var writer = new VideoWriter(_folder["v.mp4"], 16, 16, 25))
            writer.Write(new RgbImage(16, 16));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
        using (var writer = new VideoWriter(_folder["w.mp4"], 16, 16, 25))
            Assert.Throws<ArgumentException>(() => writer.Write(new byte[3]));
        using (var writer = new VideoWriter(_folder["w.mp4"], 16, 16, 25))
            Assert.Throws<DataException>(writer.Complete);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        _folder.Write("file", "in the way");
        Assert.Throws<DataException>(() => ImageFile.WritePng(_folder["file/a.png"], new RgbImage(2, 2)));
        Assert.Throws<DataException>(() => new VideoWriter(_folder["file/a.mp4"], 16, 16, 25));
    }

    private static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        new Random(7).NextBytes(image.Pixels);
        return image;
    }

    private static RgbImage Ramp(int width, int height, int offset)
    {
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                image[x, y] = ((byte)(x + offset), (byte)(y + x + offset), (byte)(y + offset));
        return image;
    }
}
