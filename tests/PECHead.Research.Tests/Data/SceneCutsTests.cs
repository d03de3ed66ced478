using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class SceneCutsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_clips_joined_are_two_shots_and_motion_is_none()
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1", "-f", "lavfi", "-i", "mandelbrot=size=96x64:rate=25", "-filter_complex", "[1]trim=duration=0.8,setsar=1[b];[0]setsar=1[a];[a][b]concat=n=2", "-c:v", "libx264", _folder["joined.mp4"]]);
        Assert.Equal([25], SceneCuts.Of(VideoInfo.Probe(_folder["joined.mp4"])));
        Assert.Equal([50], SceneCuts.Of(VideoInfo.Probe(_folder["joined.mp4"], reading: new VideoReading { Rate = 50 })));
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2", "-c:v", "libx264", _folder["one.mp4"]]);
        Assert.Empty(SceneCuts.Of(VideoInfo.Probe(_folder["one.mp4"])));
    }

    // Drawn by ffmpeg: one wall with a plain figure left or right of its middle.
    private const string Left = "color=gray:size=96x64:rate=25:duration=3,drawbox=x=30:y=20:w=14:h=30:color=tan:t=fill,noise=alls=6:allf=t";
    private const string Other = "mandelbrot=size=96x64:rate=25,trim=duration=3,setsar=1";

    [Theory]
    [InlineData(Left, "hflip", "concat=n=2", new[] { 75 })]
    [InlineData(Left, Other, "xfade=duration=0.4:offset=2", new[] { 55 })]
    [InlineData(Left, Other, "xfade=duration=1:offset=1.6", new[] { 53 })]
    [InlineData(Left, Other, "xfade=duration=0.2:offset=2", new[] { 53 })]
    [InlineData(Left, Other, "xfade=transition=fadeblack:duration=0.8:offset=2", new[] { 55 })]
    public void Shots_before_one_wall_and_shots_that_dissolve_are_told_apart(string one, string other, string joining, int[] expected)
    {
        var second = other == "hflip" ? $"{one},hflip" : other;
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", one, "-f", "lavfi", "-i", second, "-filter_complex", $"[0]setsar=1,settb=1/25[a];[1]setsar=1,settb=1/25[b];[a][b]{joining}", "-c:v", "libx264", "-pix_fmt", "yuv420p", _folder["joined.mp4"]]);

        var cuts = SceneCuts.Of(VideoInfo.Probe(_folder["joined.mp4"]));

        Assert.Equal(expected.Length, cuts.Count);
        Assert.All(cuts.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 2, pair.Second + 2));
    }

    [Theory]
    [InlineData("eq=brightness='clip((t-0.8)*0.5,0,0.2)':eval=frame")]
    [InlineData("eq=brightness='if(gt(t,1),-0.2,0)':eval=frame")]
    [InlineData("eq=brightness='if(between(t,0.6,1.2),0.2,0)':contrast='if(between(t,0.6,1.2),0.7,1)':eval=frame")]
    [InlineData("fade=out:10:10,fade=in:30:10:color=black")]
    [InlineData("fade=in:0:12,fade=out:38:12")]
    [InlineData("scroll=h=0.02")]
    [InlineData("fps=4,fps=25")]
    public void Light_that_changes_a_camera_that_turns_and_frames_that_stutter_are_no_cut(string change)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2", "-vf", change, "-c:v", "libx264", _folder["one.mp4"]]);
        Assert.Empty(SceneCuts.Of(VideoInfo.Probe(_folder["one.mp4"])));
    }
}
