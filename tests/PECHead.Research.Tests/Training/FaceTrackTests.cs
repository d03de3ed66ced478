using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Observation;
using PECHead.Research.Tests.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

public sealed class FaceTrackTests(TinyStore tiny) : IClassFixture<TinyStore>
{
    [Fact]
    public void A_saved_track_holds_what_was_observed()
    {
        using var scope = NewDisposeScope();
        var frames = new[] { 3, 0, 7 };
        var expected = DrawnReconstructor.Faces(FrameBatch.Read(tiny.Store.Frames, frames, CPU));
        var kept = tiny.Store.Track.Select(frames, CPU);

        TensorAssert.Close(expected.Expression, kept.Expression, 1e-6);
        TensorAssert.Close(expected.Pose, kept.Pose, 1e-6);
        Assert.Equal(tiny.Store.Frames.FrameCount, tiny.Store.Track.Found);
        Assert.All(tiny.Store.Index.Clips, clip => Assert.Equal(clip.Count, tiny.Store.Track.FoundIn(clip)));
    }

    [Fact]
    public void Driving_landmarks_are_those_of_the_sources_face()
    {
        using var scope = NewDisposeScope();
        var (source, driving) = (tiny.Store.Read([0], CPU), tiny.Store.Read([9], CPU));
        var foreign = source with { Coefficients = source.Coefficients with { Identity = source.Coefficients.Identity + 1 } };

        var own = driving.AsDriving(source.Coefficients, tiny.Store.Reconstructor).Face!;
        var other = driving.AsDriving(foreign.Coefficients, tiny.Store.Reconstructor).Face!;

        TensorAssert.Close(own.Pose, other.Pose, 0);
        TensorAssert.Close(own.Expression, other.Expression, 0);
        Assert.True((own.Landmarks.Positions - other.Landmarks.Positions).abs().max().item<float>() > 0.05);
    }

    [Fact]
    public void Faces_that_are_missing_or_of_another_store_are_refused_with_what_to_do()
    {
        Assert.Contains("data prepare", Assert.Throws<DataException>(() => FaceTrack.Open(tiny.Store.Frames, "bfm")).Message, StringComparison.Ordinal);
        var path = FaceTrack.PathIn(tiny.Store.Frames, "other");
        using (var scope = NewDisposeScope())
        {
            var tensors = StateDict.Load(FaceTrack.PathIn(tiny.Store.Frames, "mesh"));
            StateDict.Save(path, tensors, new Dictionary<string, string> { ["format"] = "pechead-faces-1", ["fingerprint"] = "another" });
        }
        Assert.Contains("other frames", Assert.Throws<DataException>(() => FaceTrack.Open(tiny.Store.Frames, "other")).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Frames_without_a_face_are_not_drawn()
    {
        var options = new FramePairSamplerOptions { Usable = frame => frame % 2 == 0 };
        var sampler = new FramePairSampler(tiny.Store.Index, Split.Train, 1, options);
        var pairs = new FramePair[50];
        sampler.Draw(3, pairs);
        Assert.All(pairs, pair => Assert.Equal((0, 0), (pair.Source % 2, pair.Driving % 2)));
    }
}
