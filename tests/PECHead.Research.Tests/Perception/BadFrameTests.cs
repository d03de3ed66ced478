using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

[Collection(Data.MediaTests.Name)]
public sealed class BadFrameTests
{
    public static TheoryData<string> Frames => ["black", "white", "noise", "pixel", "line", "not a number", "infinite"];

    [NetworkTheory]
    [MemberData(nameof(Frames))]
    public void A_frame_without_a_face_gives_no_face(string kind)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var frame = kind switch
        {
            "black" => zeros([1, 3, 100, 140]),
            "white" => ones([1, 3, 100, 140]),
            "noise" => rand([1, 3, 128, 128], generator: generator),
            "pixel" => full([1, 3, 1, 1], 0.5f),
            "line" => rand([1, 3, 1, 300], generator: generator),
            "infinite" => full([1, 3, 64, 64], float.PositiveInfinity),
            _ => full([1, 3, 64, 64], float.NaN),
        };
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files);
        using var descriptor = new FaceDescriptor(PublishedNetworks.Files);
        Assert.Empty(Assert.Single(detector.Detect(frame)));
        using var meshes = mesh.Find(frame, detector);
        Assert.False(meshes.Found(0));
        Assert.Equal(0, meshes.Scores[0]);
        Assert.Equal(0, meshes.Points.abs().sum().item<float>());
        Assert.Equal(0, descriptor.Describe(frame, meshes.Faces).abs().sum().item<float>());

        // Even a box drawn around nothing is turned down by the mesh network.
        using var forced = mesh.Follow(frame, [new DetectedFace(new FaceBox(-5, -5, 60, 60), 1, [])]);
        Assert.False(forced.Found(0));
    }

    [NetworkFact]
    public void Frames_of_no_batch_or_of_other_channels_are_refused()
    {
        using var scope = NewDisposeScope();
        using var detector = new FaceDetector(PublishedNetworks.Files);
        Assert.Empty(detector.Detect(zeros([0, 3, 64, 64])));
        foreach (var shape in new long[][] { [1, 1, 64, 64], [1, 4, 64, 64], [3, 64, 64] })
            Assert.Contains("Expected shape", Assert.Throws<ArgumentException>(() => detector.Detect(zeros(shape))).Message);
    }

    [NetworkFact]
    public void Of_several_faces_the_largest_comes_first()
    {
        using var scope = NewDisposeScope();
        using var detector = new FaceDetector(PublishedNetworks.Files);
        var face = TestFrames.Video("franck.mp4", 600).narrow(3, 36, 288);
        var small = nn.functional.interpolate(face, [200, 200], mode: InterpolationMode.Area);
        var canvas = full([1, 3, 288, 560], 0.5f);
        canvas.narrow(2, 0, 200).narrow(3, 0, 200).copy_(small);
        canvas.narrow(3, 272, 288).copy_(face);
        var found = detector.Detect(canvas)[0];
        Assert.Equal(2, found.Count);
        Assert.True(found[0].Box.Area > found[1].Box.Area && found[0].Box.Left > 272 && found[1].Box.Right < 200);
    }

    [NetworkFact]
    public void A_face_at_the_border_has_points_outside_of_the_frame()
    {
        using var scope = NewDisposeScope();
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files);
        var frame = TestFrames.Video("franck.mp4", 600).narrow(3, 150, 210);
        using var meshes = mesh.Find(frame, detector);
        Assert.True(!meshes.Found(0) || (TensorAssert.IsFinite(meshes.Points) && meshes.Points[0, TensorIndex.Colon, 0].min().item<float>() < 5));
    }
}
