using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

[Collection(Data.MediaTests.Name)]
public sealed class FaceTrackerTests
{
    [NetworkFact]
    public void Frames_in_pieces_give_what_they_give_at_once()
    {
        using var networks = new Networks();
        using var frames = TestFrames.Video("franck.mp4", 600, 6);
        using var whole = networks.Tracker().Track(frames);
        var tracker = networks.Tracker();
        using var first = tracker.Track(frames.narrow(0, 0, 2));
        using var second = tracker.Track(frames.narrow(0, 2, 4));
        TensorAssert.Close(whole.Points, cat([first.Points, second.Points], 0), 0.01);
        Assert.All(whole.Scores, score => Assert.True(score > 0.5f));
    }

    [NetworkFact]
    public void A_lost_face_is_found_again_and_a_missed_frame_is_not_made_up()
    {
        using var networks = new Networks();
        using var scope = NewDisposeScope();
        var frames = TestFrames.Video("franck.mp4", 600, 6).clone();
        frames.narrow(0, 2, 1).zero_();
        using var meshes = networks.Tracker().Track(frames);
        Assert.Equal([true, true, false, true, true, true], Enumerable.Range(0, 6).Select(meshes.Found));
        Assert.Equal(0, meshes.Scores[2]);
    }

    [NetworkFact]
    public void Of_two_faces_the_tracker_stays_with_one()
    {
        using var networks = new Networks();
        using var scope = NewDisposeScope();
        var face = TestFrames.Video("franck.mp4", 600).narrow(3, 36, 288);
        var smaller = nn.functional.interpolate(face, [230, 230], mode: InterpolationMode.Area);
        var frames = full([2, 3, 288, 560], 0.5f);
        // The man on the left is the larger one in the first frame, the one on the right in the second.
        frames.narrow(0, 0, 1).narrow(3, 0, 288).copy_(face);
        frames.narrow(0, 0, 1).narrow(2, 0, 230).narrow(3, 310, 230).copy_(smaller);
        frames.narrow(0, 1, 1).narrow(2, 0, 230).narrow(3, 30, 230).copy_(smaller);
        frames.narrow(0, 1, 1).narrow(3, 272, 288).copy_(face);
        using var meshes = networks.Tracker().Track(frames);
        Assert.All([0, 1], i => Assert.True(meshes.Faces[i]!.Box.Right < 288));
    }

    [NetworkFact]
    public void A_still_face_under_noise_moves_less_than_without_smoothing()
    {
        using var networks = new Networks();
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        var still = TestFrames.Video("franck.mp4", 600).repeat(8, 1, 1, 1);
        var noisy = (still + (randn(still.shape, generator: generator) * 0.05)).clamp(0, 1);
        Assert.True(Movement(networks.Tracker().Track(noisy)) < Movement(networks.Tracker(0).Track(noisy)));

        static float Movement(FaceMeshes meshes)
        {
            using (meshes)
                return (meshes.Points.narrow(0, 1, 7) - meshes.Points.narrow(0, 0, 7)).narrow(2, 0, 2).abs().mean().item<float>();
        }
    }

    private sealed class Networks : IDisposable
    {
        private readonly FaceDetector _detector = new(PublishedNetworks.Files);
        private readonly FaceMesh _mesh = new(PublishedNetworks.Files);

        public FaceTracker Tracker(float smoothing = 0.5f) => new(_detector, _mesh) { Smoothing = smoothing };

        public void Dispose()
        {
            _detector.Dispose();
            _mesh.Dispose();
        }
    }
}
