using PECHead.Research.FaceModel;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Observation;
using PECHead.Research.Tests.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

/// <summary>The whole way from real frames, with the pretrained networks.</summary>
public sealed class EmbeddedReconstructorTests
{
    private static readonly double Degree = Math.PI / 180;

    [NetworkFact]
    public void Landmarks_of_a_frame_are_those_of_the_mesh_within_a_third_of_a_pixel()
    {
        using var scope = NewDisposeScope();
        using var observer = Create();
        var reconstructor = observer.Reconstructor;
        var frames = Frames();
        var seen = observer.Finder.Find(frames).FromPixelCentres().index_select(1, tensor(CanonicalFace.Landmarks.Select(point => (long)point).ToArray()));

        var found = observer.Observe(frames).Coefficients;
        var pixels = (reconstructor.Landmarks(found) + 1) * ((frames.size(3) - 1) / 2.0);

        Assert.InRange(found.Score.min().ToDouble(), 0.6, 1);
        Assert.InRange((pixels - seen.narrow(2, 0, 2)).square().sum(2).sqrt().mean().ToDouble(), 0, 0.33);
    }

    [NetworkFact]
    public void A_mirrored_frame_has_the_mirrored_pose_and_expression()
    {
        using var scope = NewDisposeScope();
        using var observer = Create();
        var reconstructor = observer.Reconstructor;
        var frames = Frames();

        var expected = reconstructor.Mirror(observer.Observe(frames).Coefficients);
        var found = observer.Observe(frames.flip(3)).Coefficients;

        Assert.InRange((expected.Angles - found.Angles).abs().mean().ToDouble() / Degree, 0, 1);
        Assert.InRange((reconstructor.Landmarks(expected) - reconstructor.Landmarks(found)).square().sum(2).sqrt().mean().ToDouble(), 0, 0.012);
        var amounts = (reconstructor.Directions.Amounts(expected) - reconstructor.Directions.Amounts(found)).abs();
        Assert.InRange(amounts.narrow(1, 0, 2).max().ToDouble(), 0, 0.25);      // smile and open mouth
        Assert.InRange(amounts.mean().ToDouble(), 0, 0.15);
    }

    [NetworkFact]
    public void A_turned_and_shrunk_frame_has_the_transformed_coefficients()
    {
        using var scope = NewDisposeScope();
        using var observer = Create();
        var reconstructor = observer.Reconstructor;
        var frames = Frames();
        int count = (int)frames.size(0);
        var (angle, logScale) = (ones(count) * 0.35f, ones(count) * -0.2f);
        var shift = tensor([0.1f, -0.05f]).expand(count, 2);
        // z' = scale · Rot · z + shift, so the frame is sampled at Rotᵀ · (z' − shift) / scale.
        var grid = CoordinateGrid.CreateLike(frames.size(2), frames.size(3), frames) - tensor([0.1f, -0.05f]);
        var (cos, sin) = ((float)Math.Cos(0.35), (float)Math.Sin(0.35));
        var back = matmul(grid, tensor([cos, sin, -sin, cos], [2, 2])) / (float)Math.Exp(-0.2);
        var moved = Warping.Sample(frames, back.expand(count, frames.size(2), frames.size(3), 2), alignCorners: true);

        var expected = observer.Observe(frames).Coefficients.Transformed(angle, logScale, shift);
        var found = observer.Observe(moved).Coefficients;

        Assert.InRange((expected.Angles - found.Angles).abs().mean().ToDouble() / Degree, 0, 1.5);
        Assert.InRange((reconstructor.Landmarks(expected) - reconstructor.Landmarks(found)).square().sum(2).sqrt().mean().ToDouble(), 0, 0.015);
    }

    [NetworkFact]
    public void Frames_without_a_face_have_score_zero()
    {
        using var scope = NewDisposeScope();
        using var observer = Create();
        var reconstructor = observer.Reconstructor;
        var frames = cat([zeros(1, 3, 64, 64), ones(1, 3, 64, 64), rand([1, 3, 64, 64], generator: new Generator(1))], 0);

        var found = observer.Observe(frames).Coefficients;

        TensorAssert.Close(zeros(3), found.Score, 0);
        TensorAssert.Close(reconstructor.Neutral(3, CPU).Pose, found.Pose, 0);
        Assert.Equal(0, observer.Observe(zeros(1, 3, 2, 2)).Coefficients.Score.ToDouble());
    }

    [NetworkFact]
    public void Of_two_faces_the_larger_counts()
    {
        using var scope = NewDisposeScope();
        using var observer = Create();
        var reconstructor = observer.Reconstructor;
        var large = Frames().narrow(0, 0, 1);
        var small = nn.functional.interpolate(large, [96, 96], mode: InterpolationMode.Area);
        var both = zeros(1, 3, 400, 400);
        both.narrow(2, 112, 288).narrow(3, 0, 288).copy_(large);
        both.narrow(2, 0, 96).narrow(3, 300, 96).copy_(small);

        var crop = observer.Observe(both).Coefficients.Crop;

        Assert.InRange(crop[0, 1].ToDouble(), -0.6, 0.2);       // left of the middle, where the large one is
        Assert.InRange(crop[0, 2].ToDouble(), 0.0, 0.6);
    }

    [NetworkFact]
    public void A_face_cut_by_the_border_is_completed()
    {
        using var scope = NewDisposeScope();
        using var observer = Create();
        var reconstructor = observer.Reconstructor;
        var whole = Frames();
        var cut = whole.clone();
        cut.narrow(2, 230, 58).zero_();      // mouth and chin are gone

        var (expected, found) = (observer.Observe(whole).Coefficients, observer.Observe(cut).Coefficients);

        Assert.Equal(4, (found.Score > 0).sum().ToInt64());
        Assert.InRange((expected.Angles - found.Angles).abs().max().ToDouble() / Degree, 0, 15);
        Assert.InRange((reconstructor.Landmarks(expected) - reconstructor.Landmarks(found)).square().sum(2).sqrt().mean().ToDouble(), 0, 0.08);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
        => Assert.Contains("mesh", Assert.Throws<ArgumentException>(() => FaceReconstructors.Create("meshes")).Message, StringComparison.Ordinal);

    private static FaceObserver Create() => FaceObserver.Load(PublishedNetworks.Files);

    /// <summary>[4, 3, 288, 288]: turned, nodding and laughing.</summary>
    private static Tensor Frames()
    {
        using var scope = NewDisposeScope();
        return cat(new[] { 600, 2560, 3800, 4000 }.Select(frame => TestFrames.Video("franck.mp4", frame)).ToArray(), 0)
            .narrow(3, 64, 288).contiguous().MoveToOuterDisposeScope();
    }
}
