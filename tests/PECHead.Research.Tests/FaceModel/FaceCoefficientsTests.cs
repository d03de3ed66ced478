using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class FaceCoefficientsTests
{
    [Fact]
    public void With_motion_of_a_driving_face_only_the_identity_stays()
    {
        using var scope = NewDisposeScope();
        var (source, driving) = (Random(1, 1), Random(3, 2));

        var moved = source.WithMotionOf(driving).Checked();

        TensorAssert.Close(source.Identity.expand(3, 4), moved.Identity, 0);
        TensorAssert.Close(driving.Expression, moved.Expression, 0);
        TensorAssert.Close(driving.Pose, moved.Pose, 0);
    }

    [Fact]
    public void Two_sources_cannot_take_the_motion_of_three_frames()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Random(2, 1).WithMotionOf(Random(3, 2)));
    }

    [Fact]
    public void Pose_is_nine_numbers_and_comes_back_from_them()
    {
        using var scope = NewDisposeScope();
        var face = Random(2, 1);

        var back = FaceCoefficients.FromPose(face.Identity, face.Expression, face.Pose, face.Score);

        TensorAssert.Shape(face.Pose, 2, FaceCoefficients.PoseSize);
        TensorAssert.Close(face.Angles, back.Angles, 0);
        TensorAssert.Close(face.Translation, back.Translation, 0);
        TensorAssert.Close(face.Crop, back.Crop, 0);
    }

    [Fact]
    public void The_mean_identity_of_a_clip_counts_sure_frames_only()
    {
        using var scope = NewDisposeScope();
        var clip = Random(3, 1) with { Score = tensor(new[] { 1f, 0f, 1f }) };

        var mean = clip.WithMeanIdentity().Identity;

        TensorAssert.Close(((clip.Identity[0] + clip.Identity[2]) / 2).expand(3, 4), mean, 1e-5);
        Assert.True(TensorAssert.IsFinite((clip with { Score = zeros(3) }).WithMeanIdentity().Identity));
    }

    [Fact]
    public void A_transformation_and_its_inverse_cancel()
    {
        using var scope = NewDisposeScope();
        var face = Random(2, 1);
        var (angle, scale, shift) = (tensor(new[] { 0.4f, -1.2f }), tensor(new[] { 0.2f, -0.3f }), tensor(new[] { 0.1f, 0.2f, -0.3f, 0.4f }, 2, 2));
        var none = zeros(2);

        var moved = face.Transformed(angle, scale, shift);
        var back = moved.Transformed(none, none, -shift).Transformed(-angle, -scale, zeros(2, 2));

        TensorAssert.Close(face.Pose, back.Pose, 1e-5);
        TensorAssert.Close(face.Expression, moved.Expression, 0);
    }

    [Fact]
    public void Batches_join_and_come_apart()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Random(2, 1), Random(1, 2));

        var both = FaceCoefficients.Concatenate([first, second]);

        TensorAssert.Close(second.Pose, both.Slice(2, 1).Pose, 0);
        TensorAssert.Close(first.Expression[1].unsqueeze(0), both.Select(tensor(new[] { 1L })).Expression, 0);
    }

    [Fact]
    public void Coefficients_moved_out_of_a_scope_live_on_and_nothing_else_does()
    {
        using var scope = NewDisposeScope();
        var face = Random(2, 1);
        int before = scope.DisposablesCount;
        FaceCoefficients moved;
        using (NewDisposeScope())
            moved = face.WithMirroredPose().WithMeanIdentity().MoveToOuterDisposeScope();

        Assert.Equal(4, scope.DisposablesCount - before);   // identity, angles, translation, crop
        Assert.True(TensorAssert.IsFinite(moved.Pose));
    }

    [Theory]
    [InlineData(3.0, 3.0)]
    [InlineData(4.0, 4.0 - (2 * Math.PI))]
    [InlineData(-4.0, (2 * Math.PI) - 4.0)]
    public void An_angle_wraps_to_half_a_turn_either_way(double angle, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, EulerAngles.Wrap(tensor(angle)).ToDouble(), 12);
    }

    internal static FaceCoefficients Random(long count, ulong seed, long identity = 4, long expression = 5)
    {
        using var generator = new Generator(seed);
        Tensor Draw(long size, double scale) => randn([count, size], generator: generator) * scale;
        return new FaceCoefficients(
            Draw(identity, 1), Draw(expression, 1), Draw(3, 0.3), Draw(3, 0.1), Draw(3, 0.2), rand([count], generator: generator)).Checked();
    }
}
