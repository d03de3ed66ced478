using System.Diagnostics;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Evaluation;
using PECHead.Research.Tests.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

public sealed class VideoAnimationTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TalkingHeadModel _model = ReconstructionEvaluationTests.Untrained();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("mp4", "aac")]
    [InlineData("avi", "pcm_s16le")]
    public void The_sound_of_the_driving_video_goes_along_untouched_where_it_can(string kind, string codec)
    {
        var driving = _folder[$"driving.{kind}"];
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "lavfi", "-i", "sine=frequency=440", "-t", "0.4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", codec, driving]);

        var made = Animate(driving, new AnimatedSource(Source(0), _folder["out.mp4"]));

        Assert.Equal((10, 0, 10), (made.Frames, made.Missed, made.Generated));
        Assert.Equal(10, VideoInfo.Probe(_folder["out.mp4"]).FrameCount);
        var sound = Sound(_folder["out.mp4"]);
        Assert.StartsWith("MD5=", sound, StringComparison.Ordinal);
        Assert.Equal(kind == "mp4", sound == Sound(driving));
    }

    [Fact]
    public void Several_sources_share_one_pass_over_the_driving_video()
    {
        var driving = Silent(5);
        var whole = new RgbImage(100, 80);
        var made = Animate(
            driving,
            new AnimatedSource(Source(0), _folder["a/plain.mp4"]),
            new AnimatedSource(Source(3), _folder["a/beside.mp4"]) { Beside = tiny.Store.Frames.ReadFrame(3) },
            new AnimatedSource(Source(5), _folder["a/whole.mp4"]) { Paste = new FacePaste(whole, new CropSquare(10, 10, 60)) });

        Assert.Equal((5, 15), (made.Frames, made.Generated));
        Assert.True(made.FramesPerSecond > 0);
        Assert.Equal([(64, 64), (192, 64), (100, 80)], new[] { "plain", "beside", "whole" }.Select(name => VideoInfo.Probe(_folder[$"a/{name}.mp4"])).Select(info => (info.Width, info.Height)));
        using var beside = VideoFrames.Open(_folder["a/beside.mp4"]);
        Assert.InRange(Difference(beside.ReadAll().First(), tiny.Store.Frames.ReadFrame(3)), 0, 8);
    }

    [Fact]
    public void A_driving_video_without_a_face_leaves_no_file()
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=black:size=64x64:rate=25", "-frames:v", "3", "-c:v", "libx264", "-pix_fmt", "yuv420p", _folder["black.mp4"]]);
        Assert.Throws<DataException>(() => Animate(_folder["black.mp4"], new AnimatedSource(Source(0), _folder["out.mp4"])));
        Assert.Equal(["black.mp4"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    private Reenactment Source(int frame) => new(_model, tiny.Store.Reconstructor, tiny.Store.Frames.ReadFrame(frame), CPU, Precision.Full);

    private static AnimationSummary Animate(string driving, params AnimatedSource[] sources)
    {
        try
        {
            using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = Crop.Centre, Size = 64 });
            return VideoAnimation.Write(sources, video, MotionMode.Relative);
        }
        finally
        {
            foreach (var source in sources) source.Reenactment.Dispose();
        }
    }

    private string Silent(int frames)
    {
        SyntheticMedia.Draw(_folder["driving.mp4"], "testsrc2=size=64x64:rate=25", frames);
        return _folder["driving.mp4"];
    }

    private static string Sound(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-i", path, "-map", "0:a", "-c", "copy", "-f", "md5", "-"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    // Mean difference of the left part of a row and a picture, in levels.
    private static double Difference(RgbImage row, RgbImage image)
    {
        var sum = 0.0;
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < image.Width; x++) sum += Math.Abs(row[x, y].R - image[x, y].R);
        return sum / image.Width / image.Height;
    }
}
