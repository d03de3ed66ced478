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
        Assert.Equal(["000001.png"], Directory.GetFiles(_folder["shot"]).Select(Path.GetFileName));
        _folder.Write("shot/notes.txt", "mine");
        Assert.Contains("notes.txt", Assert.Throws<DataException>(() => new VideoWriter(_folder["shot/"], 32, 24, 25)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["shot/notes.txt"]));
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
