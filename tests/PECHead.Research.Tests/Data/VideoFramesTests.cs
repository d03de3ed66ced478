using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

[Collection(MediaTests.Name)]
public sealed class VideoFramesTests(SyntheticMedia media) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_video_is_measured()
    {
        var info = VideoInfo.Probe(media.Video);
        Assert.Equal((SyntheticMedia.Width, SyntheticMedia.Height, SyntheticMedia.Rate, SyntheticMedia.Frames), (info.Width, info.Height, info.Rate, info.FrameCount));
    }

    [Fact]
    public void All_frames_come_in_order_and_differ()
    {
        var frames = media.AllFrames;
        Assert.Equal(SyntheticMedia.Frames, frames.Count);
        Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.False(pair.First.Pixels.SequenceEqual(pair.Second.Pixels)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(11, 14)]
    [InlineData(29, 47)]
    [InlineData(59, 60)]
    public void A_part_is_exactly_those_frames_of_the_whole(int first, int end)
    {
        var all = media.AllFrames;
        var part = Frames(new VideoFramesOptions { Range = new FrameRange(first, end) });
        Assert.Equal(end - first, part.Count);
        for (var i = 0; i < part.Count; i++)
            Assert.True(part[i].Pixels.SequenceEqual(all[first + i].Pixels), $"frame {first + i}");
    }

    [Fact]
    public void A_part_of_a_video_without_regular_times_is_exact_too()
    {
        // Every third frame left out, times kept: a seek by frame number would miss, and a left-out frame is the one before it.
        SyntheticMedia.Ffmpeg(["-i", media.Video, "-vf", "select='mod(n+1,3)'", "-fps_mode", "passthrough", "-c:v", "libx264", "-qp", "0", _folder["irregular.mp4"]]);
        var path = _folder["irregular.mp4"];
        var all = Frames(new VideoFramesOptions(), path);
        var part = Frames(new VideoFramesOptions { Range = new FrameRange(20, 26) }, path);
        Assert.Equal(59, all.Count);
        for (var i = 0; i < part.Count; i++)
            Assert.True(part[i].Pixels.SequenceEqual(all[20 + i].Pixels), $"frame {20 + i}");
        Assert.Equal([false, false, true, false, false], part.Zip(part.Skip(1), (one, next) => one.Pixels.SequenceEqual(next.Pixels)).ToArray()[..5]);
    }

    [Fact]
    public void A_crop_with_odd_edges_is_exact()
    {
        var whole = media.AllFrames[7];
        var cut = Frames(new VideoFramesOptions { Range = new FrameRange(7, 8), Crop = new PixelCrop(11, 3, 37) })[0];
        Assert.Equal((37, 37), (cut.Width, cut.Height));
        for (var y = 0; y < 37; y++)
            for (var x = 0; x < 37; x++)
                Assert.Equal(whole[11 + x, 3 + y], cut[x, y]);
    }

    [Theory]
    [InlineData(60, 20)]
    [InlineData(60, 25)]
    [InlineData(64, 48)]
    public void Shrinking_averages_the_area_under_each_pixel(int side, int size)
    {
        var cut = Frames(new VideoFramesOptions { Range = new FrameRange(7, 8), Crop = new PixelCrop(5, 0, side) })[0];
        var small = Frames(new VideoFramesOptions { Range = new FrameRange(7, 8), Crop = new PixelCrop(5, 0, side), Size = size })[0];
        var worst = 0.0;
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
                worst = Math.Max(worst, Math.Abs(AreaMean(cut, x, y, (double)side / size) - small[x, y].G));

        // swscale rounds its weights to 1/16384 and its columns and rows to bytes in between.
        Assert.True(worst <= 2, $"off by {worst}");
    }

    [Fact]
    public void A_clip_longer_than_the_video_is_refused() =>
        AssertFails(() => Frames(new VideoFramesOptions { Range = new FrameRange(50, 61) }), media.Video, "frames 50 to 60", "frames 0 to 59");

    [Fact]
    public void Seconds_may_end_a_little_after_the_video_but_not_much()
    {
        Assert.Equal(5, Frames(new VideoFramesOptions { Range = new SecondsRange(2.2, 3.2) }).Count);
        AssertFails(() => Frames(new VideoFramesOptions { Range = new SecondsRange(2.2, 3.5) }), media.Video, "lasts 2.4 s");
        AssertFails(() => Frames(new VideoFramesOptions { Range = new SecondsRange(2.5, 3) }), media.Video, "lasts 2.4 s");
    }

    [Fact]
    public void A_crop_outside_the_frame_is_refused() =>
        AssertFails(() => Frames(new VideoFramesOptions { Crop = new PixelCrop(40, 0, 64) }), media.Video, "x 40, y 0, side 64", "96x64");

    [Fact]
    public void A_missing_video_is_named() => AssertFails(() => VideoFrames.Open(_folder["none.mp4"]), _folder["none.mp4"], "no such file");

    [Fact]
    public void A_missing_ffmpeg_is_said()
    {
        var tools = new MediaTools("no-such-ffmpeg", "no-such-ffprobe");
        Assert.Contains("apt-get install ffmpeg", Assert.Throws<DataException>(() => VideoFrames.Open(media.Video, null, tools)).Message);
        Assert.Contains("apt-get install ffmpeg", Assert.Throws<DataException>(() => ImageFile.Read(media.Video, tools)).Message);
        Assert.Contains("apt-get install ffmpeg", Assert.Throws<DataException>(() => new VideoWriter(_folder["v.mp4"], 8, 8, 25, tools: tools)).Message);
    }

    [Fact]
    public void A_truncated_video_is_found_out()
    {
        var bytes = File.ReadAllBytes(media.Video);
        File.WriteAllBytes(_folder["cut.mp4"], bytes[..(bytes.Length * 2 / 3)]);
        AssertFails(() => Frames(new VideoFramesOptions(), _folder["cut.mp4"]), _folder["cut.mp4"]);
        File.WriteAllBytes(_folder["head.mp4"], bytes[..100]);
        AssertFails(() => Frames(new VideoFramesOptions(), _folder["head.mp4"]), _folder["head.mp4"]);
        File.WriteAllBytes(_folder["empty.mp4"], []);
        AssertFails(() => Frames(new VideoFramesOptions(), _folder["empty.mp4"]), _folder["empty.mp4"]);
    }

    [Fact]
    public void A_damaged_video_is_found_out()
    {
        var bytes = File.ReadAllBytes(media.Video);
        for (var i = bytes.Length / 2; i < (bytes.Length / 2) + 600; i++)
            bytes[i] = (byte)(i * 37);
        File.WriteAllBytes(_folder["damaged.mp4"], bytes);
        AssertFails(() => Frames(new VideoFramesOptions(), _folder["damaged.mp4"]), _folder["damaged.mp4"], "fetch or encode it again");
    }

    [Fact]
    public void A_text_file_is_not_a_video() =>
        AssertFails(() => VideoFrames.Open(_folder.Write("notes.mp4", "nothing to see")), _folder["notes.mp4"], "not readable");

    [Fact]
    public void A_folder_of_pictures_is_read_in_number_order()
    {
        var frames = media.AllFrames.Take(11).ToArray();
        media.WriteFrames(_folder["it's a shot"], frames.Length);
        using var video = VideoFrames.Open(_folder["it's a shot"]);
        var read = video.ReadAll().ToList();
        Assert.Equal(11, read.Count);
        for (var i = 0; i < read.Count; i++)
            Assert.True(read[i].Pixels.SequenceEqual(frames[i].Pixels), $"frame {i}");
        using var part = VideoFrames.Open(_folder["it's a shot"], new VideoFramesOptions { Range = new FrameRange(9, 11) });
        Assert.True(part.ReadAll().Last().Pixels.SequenceEqual(frames[10].Pixels));
    }

    [Fact]
    public void A_damaged_picture_in_a_folder_is_found_out()
    {
        ImageFile.WritePng(_folder["shot/0.png"], new RgbImage(16, 16));
        _folder.Write("shot/1.png", "not a picture");
        AssertFails(() => Frames(new VideoFramesOptions(), _folder["shot"]), _folder["shot"]);
        Directory.CreateDirectory(_folder["none"]);
        AssertFails(() => Frames(new VideoFramesOptions(), _folder["none"]), _folder["none"], "no frames in this folder");
    }

    [Fact]
    public void Stopping_early_ends_the_decoder()
    {
        using var video = VideoFrames.Open(media.Video);
        Assert.True(video.Read(new byte[video.FrameBytes]));
        video.Dispose();
        Assert.Equal(1, video.FramesRead);
    }

    private List<RgbImage> Frames(VideoFramesOptions options, string? path = null)
    {
        using var video = VideoFrames.Open(path ?? media.Video, options);
        return [.. video.ReadAll()];
    }

    private static void AssertFails(Action action, string file, params string[] words)
    {
        var failure = Assert.Throws<DataException>(action);
        Assert.Equal(file, failure.File);
        Assert.NotNull(failure.Remedy);
        Assert.All(words, word => Assert.Contains(word, failure.Message));
    }

    /// <summary>Mean of green over the square of the source that lies under a target pixel.</summary>
    private static double AreaMean(RgbImage image, int x, int y, double scale)
    {
        double sum = 0, weight = 0;
        for (var row = (int)(y * scale); row < Math.Min(image.Height, Math.Ceiling((y + 1) * scale)); row++)
            for (var column = (int)(x * scale); column < Math.Min(image.Width, Math.Ceiling((x + 1) * scale)); column++)
            {
                var overlap = (Math.Min(row + 1, (y + 1) * scale) - Math.Max(row, y * scale)) * (Math.Min(column + 1, (x + 1) * scale) - Math.Max(column, x * scale));
                sum += overlap * image[column, row].G;
                weight += overlap;
            }

        return sum / weight;
    }
}
