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
}
