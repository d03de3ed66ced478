using System.Diagnostics;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Evaluation;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Tests.Training;

namespace PECHead.Research.Tests.Animation;

public sealed class VideoAnimationTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TalkingHead _head = new(ReconstructionEvaluationTests.Untrained(), DrawnReconstructor.Observer());

    public void Dispose()
    {
        _head.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("mp4", "aac")]
    [InlineData("avi", "pcm_s16le")]
    public void The_sound_of_the_driving_video_goes_along_untouched_where_it_can(string kind, string codec)
    {
        var driving = _folder[$"driving.{kind}"];
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "lavfi", "-i", "sine=frequency=440", "-t", "0.4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", codec, driving]);

        var made = _head.Animate([(Source(0), _folder["out.mp4"])], driving);

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
        var whole = Source(5) with { Picture = new RgbImage(100, 80), Place = new CropSquare(10, 10, 60) };
        string[] files = [_folder["a/one.mp4"], _folder["a/two.mp4"], _folder["a/three.mp4"]];
        var made = _head.Animate([(Source(0), files[0]), (Source(3), files[1]), (Source(5), files[2])], driving);
        _head.Animate([(Source(3), _folder["a/beside.mp4"])], driving, new AnimationOptions { Beside = true });
        _head.Animate([(whole, _folder["a/whole.mp4"])], driving, new AnimationOptions { PasteBack = true });

        Assert.Equal((5, 15), (made.Frames, made.Generated));
        Assert.True(made.FramesPerSecond > 0);
        Assert.Equal([(64, 64), (192, 64), (100, 80)], new[] { "one", "beside", "whole" }.Select(name => VideoInfo.Probe(_folder[$"a/{name}.mp4"])).Select(info => (info.Width, info.Height)));
        using var beside = VideoFrames.Open(_folder["a/beside.mp4"]);
        Assert.InRange(Difference(beside.ReadAll().First(), tiny.Store.Frames.ReadFrame(3)), 0, 8);
    }

    [Fact]
    public void Faces_of_one_photograph_move_in_one_video_each_by_its_own_driver_until_the_shorter_ends()
    {
        var photograph = new RgbImage(160, 80);
        Portrait Face(int frame, int left, int number) => Source(frame) with { Picture = photograph, Place = new CropSquare(left, 10, 60), Number = number };
        SyntheticMedia.Draw(_folder["one.mp4"], "testsrc2=size=64x64:rate=25", 5);
        SyntheticMedia.Draw(_folder["other.mp4"], "testsrc=size=64x64:rate=25", 3);
        DrivingClip Clip(string name) => new(_folder[name], null, VideoReading.Standard);

        var made = _head.AnimateTogether([(Face(0, 5, 1), Clip("one.mp4")), (Face(3, 90, 2), Clip("other.mp4"))], _folder["group.mkv"], new AnimationOptions { Reference = DrivingReference.First });

        Assert.Equal((3, 6), (made.Frames, made.Generated));
        Assert.Contains("the shortest driving video has 3 frames: the rest of one.mp4 is not used", made.Notes);
        using var video = VideoFrames.Open(_folder["group.mkv"]);
        var frame = video.ReadAll().First();
        Assert.Equal((160, 80), (frame.Width, frame.Height));
        var alone = _head.Animate(Face(3, 90, 2) with { Picture = photograph }, Frames("other.mp4"), new AnimationOptions { PasteBack = true }).First();
        for (var x = 90; x < 150; x++) Assert.InRange(Math.Abs(frame[x, 40].R - alone[x, 40].R), 0, 1);
        Assert.True(frame[35, 40].R + frame[35, 40].G > 0);
        Assert.Equal((0, 0, 0), frame[80, 40]);
        Assert.Throws<ArgumentException>(() => _head.AnimateTogether([(Face(0, 5, 1), Clip("one.mp4")), (Source(3), Clip("other.mp4"))], _folder["bad.mkv"]));
    }

    private List<RgbImage> Frames(string name)
    {
        using var video = VideoFrames.Open(_folder[name], new VideoFramesOptions { Crop = Crop.Centre, Size = 64 });
        return [.. video.ReadAll()];
    }

    [Fact]
    public void A_lossless_video_keeps_every_pixel_and_the_sound()
    {
        var driving = _folder["driving.mp4"];
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "lavfi", "-i", "sine=frequency=440", "-t", "0.2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", driving]);
        using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = Crop.Centre, Size = 64 });
        RgbImage[] expected = [.. _head.Animate(Source(0), video.ReadAll())];

        _head.Animate([(Source(0), _folder["out.mkv"])], driving);

        using var written = VideoFrames.Open(_folder["out.mkv"]);
        RgbImage[] made = [.. written.ReadAll()];
        Assert.Equal(expected.Length, made.Length);
        Assert.All(expected.Zip(made), pair => Assert.Equal(pair.First.GetBuffer(), pair.Second.GetBuffer()));
        Assert.Equal(Sound(driving), Sound(_folder["out.mkv"]));
    }

    [Fact]
    public void Options_that_do_not_go_together_and_modes_that_the_model_cannot_do_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _head.Animate(Source(0), [], new AnimationOptions { Beside = true, PasteBack = true }));
        var error = Assert.Throws<ArgumentException>(() => _head.Animate(Source(0), [], new AnimationOptions { Mode = MotionMode.RelativeUnscaled }));
        Assert.Contains("Relative, Absolute, PoseOnly, ExpressionOnly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driving_video_without_a_face_leaves_no_file()
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=black:size=64x64:rate=25", "-frames:v", "3", "-c:v", "libx264", "-pix_fmt", "yuv420p", _folder["black.mp4"]]);
        Assert.Throws<DataException>(() => _head.Animate([(Source(0), _folder["out.mp4"])], _folder["black.mp4"]));
        Assert.Equal(["black.mp4"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    private Portrait Source(int frame)
        => new(tiny.Store.Frames.ReadFrame(frame), tiny.Store.Frames.ReadFrame(frame), new CropSquare(0, 0, 64), 1);

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
