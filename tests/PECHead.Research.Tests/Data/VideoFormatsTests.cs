using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

/// <summary>A video is what its name says.</summary>
public sealed class VideoFormatsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.mp4", "mov,mp4,m4a,3gp,3g2,mj2", 12)]
    [InlineData("a.MP4", "mov,mp4,m4a,3gp,3g2,mj2", 12)]
    [InlineData("a.mov", "mov,mp4,m4a,3gp,3g2,mj2", 12)]
    [InlineData("a.webm", "matroska,webm", 12)]
    [InlineData("a.mkv", "matroska,webm", 0)]
    [InlineData("a.gif", "gif", 24)]
    [InlineData("100%d pictures/", "", 0)]
    public void Every_kind_that_is_written_reads_as_it_was_drawn(string name, string container, int tolerance)
    {
        var frames = Enumerable.Range(0, 5).Select(i => Flat((byte)(40 + (i * 40)))).ToArray();
        Write(name, frames);
        using var video = VideoFrames.Open(_folder[name]);
        RgbImage[] read = [.. video.ReadAll()];
        Assert.Equal((5, 32, 24), (read.Length, video.Width, video.Height));
        if (container.Length > 0)
            Assert.Equal(container, ProbedVideo.Of(_folder[name], MediaTools.Default).Container);
        foreach (var (was, now) in frames.Zip(read))
            Assert.InRange(Math.Abs(was[9, 9].G - now[9, 9].G), 0, tolerance);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Root));
    }

    [Theory]
    [InlineData("a.avi")]
    [InlineData("a")]
    [InlineData("a.png")]
    public void Another_kind_is_refused_with_the_list(string name)
    {
        var message = Assert.Throws<ArgumentException>(() => new VideoWriter(_folder[name], 32, 24, 25)).Message;
        Assert.Contains(".mp4, .mov, .mkv, .webm, .gif", message, StringComparison.Ordinal);
        Assert.Contains("a folder whose name ends in /", message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void A_folder_of_pictures_is_replaced_and_one_with_other_files_is_not()
    {
        Write("shot/", [Flat(1), Flat(2), Flat(3)]);
        Write("shot/", [Flat(9)]);
        Assert.Equal([".pechead", "000001.png"], Directory.GetFiles(_folder["shot"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(1, VideoInfo.Probe(_folder["shot/"]).FrameCount);
        _folder.Write("shot/notes.txt", "mine");
        Assert.Contains("notes.txt", Assert.Throws<DataException>(() => new VideoWriter(_folder["shot/"], 32, 24, 25)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["shot/notes.txt"]));
    }

    [Fact]
    public void Pictures_of_somebody_else_are_not_replaced_though_their_names_are_numbers()
    {
        _folder.Write("own/000001.png", "mine");
        Assert.Contains("did not write", Assert.Throws<DataException>(() => new VideoWriter(_folder["own/"], 32, 24, 25)).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder["own/000001.png"]));
        Assert.Contains("write '", Assert.Throws<ArgumentException>(() => new VideoWriter(_folder["own"], 32, 24, 25)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transparency_is_kept_by_pictures_and_left_out_by_other_kinds()
    {
        var (image, alpha) = (Flat(200), Flat(128));
        foreach (var name in new[] { "pictures/", "a.mkv" })
        {
            using var writer = new VideoWriter(_folder[name], 32, 24, 25, alpha: alpha);
            writer.Write(image);
            writer.Write(image);
            writer.Complete();
            using var video = VideoFrames.Open(_folder[name]);
            // Whoever reads them lays them over white again.
            Assert.All(video.ReadAll(), frame => Assert.InRange(frame[9, 9].R, 199, 201));
        }
        Assert.Equal(alpha.GetBuffer(), ImageFile.ReadAlpha(_folder["pictures/000002.png"])!.GetBuffer());
        Assert.Throws<ArgumentException>(() => new VideoWriter(_folder["b/"], 24, 32, 25, alpha: alpha));
    }

    [Theory]
    [InlineData("a.mov", "prores_ks", "yuva444p10le")]
    [InlineData("a.gif", "gif", "bgra")]
    [InlineData("a.mkv", "ffv1", "bgra")]
    public void A_video_with_transparency_is_laid_over_white(string name, string codec, string format)
    {
        if (codec == "gif") SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=red@0:size=32x24:rate=5:duration=1,format=rgba", "-vf", "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse", _folder[name]]);
        else SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=red@0:size=32x24:rate=5:duration=1,format=rgba", "-c:v", codec, "-pix_fmt", format, _folder[name]]);
        using var video = VideoFrames.Open(_folder[name]);
        Assert.All(video.ReadAll(), frame => Assert.True(frame[9, 9] is { R: >= 254, G: >= 254, B: >= 254 }));
    }

    private void Write(string name, RgbImage[] frames)
    {
        using var writer = new VideoWriter(_folder[name], 32, 24, 25, quality: 10);
        foreach (var frame in frames) writer.Write(frame);
        writer.Complete();
    }

    private static RgbImage Flat(byte level)
    {
        var image = new RgbImage(32, 24);
        image.Pixels.Fill(level);
        return image;
    }
}
