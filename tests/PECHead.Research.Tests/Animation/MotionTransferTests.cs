using PECHead.Research.Animation;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

/// <summary>The motion that a source takes on, in numbers composed by hand.</summary>
public sealed class MotionTransferTests
{
    private static readonly FaceCoefficients Straight = Face([0, 0, 0]);

    [Fact]
    public void Absolute_motion_is_the_driving_faces_with_the_sources_identity()
    {
        using var scope = NewDisposeScope();
        var (source, driving, first) = (
            Face([1, 2, 3], [0.1, 0.2], [1, 2, 3], [9, 9, 9], identity: 4), Face([40, 50, 60], [0.5, -0.5], [-1, 0.3, 0.2], [1, 2, 3]), Face([7, 8, 9], [1, 1]));
        AssertFace(Face([40, 50, 60], [0.5, -0.5], [-1, 0.3, 0.2], [1, 2, 3], identity: 4), MotionTransfer.Transfer(MotionMode.Absolute, source, driving, first));
    }

    [Theory]
    [InlineData(new double[] { 0, 20, 0 }, new double[] { 0, 10, 0 }, new double[] { 0, 40, 0 }, new double[] { 0, 50, 0 })]      // about one axis angles add
    [InlineData(new double[] { 0, 0, 0 }, new double[] { 0, 30, 0 }, new double[] { 0, 0, 0 }, new double[] { 0, -30, 0 })]       // back to the front is away from the front
    [InlineData(new double[] { 12, -34, 56 }, new double[] { 30, 20, 10 }, new double[] { 30, 20, 10 }, new double[] { 12, -34, 56 })]   // no movement
    [InlineData(new double[] { 30, 0, 0 }, new double[] { 0, 0, 0 }, new double[] { 0, 0, 90 }, new double[] { 30, 0, 90 })]      // Rz(90) Rx(30)
    [InlineData(new double[] { 0, 0, 90 }, new double[] { 0, 0, 0 }, new double[] { 30, 0, 0 }, new double[] { 0, -30, 90 })]     // Rx(30) Rz(90) = Rz(90) Ry(-30)
    [InlineData(new double[] { 0, 0, 0 }, new double[] { 0, 0, 90 }, new double[] { 30, 0, 90 }, new double[] { 0, 30, 0 })]      // Rz(90) Rx(30) Rz(-90) = Ry(30)
    [InlineData(new double[] { 0, 0, 170 }, new double[] { 0, 0, 0 }, new double[] { 0, 0, 20 }, new double[] { 0, 0, -170 })]    // past the half turn
    public void The_turn_since_the_first_frame_is_made_from_where_the_sources_head_is(double[] source, double[] first, double[] driving, double[] expected)
    {
        using var scope = NewDisposeScope();
        foreach (var mode in new[] { MotionMode.Relative, MotionMode.PoseOnly })
            AssertFace(Face(expected), MotionTransfer.Transfer(mode, Face(source), Face(driving), Face(first)));
    }

    [Theory]
    [InlineData(0, 0, 10)]
    [InlineData(0.5, 0.5, 30)]
    [InlineData(1, 1, 50)]
    [InlineData(1.5, 1.5, 70)]
    [InlineData(0, 1, 10)]
    [InlineData(1, 0, 50)]
    public void Pose_and_expression_follow_as_far_as_their_strengths_say(double pose, double expression, double yaw)
    {
        using var scope = NewDisposeScope();
        var source = Face([0, 10, 0], [0.3, -0.2], [0, 0.1, 0.2], [1, 1, 1], identity: 3);
        var target = Face([0, 50, 0], [0.5, 0], [0.2, -0.1, 0.4], [2, 1, 0], identity: 3);

        AssertFace(
            Face([0, yaw, 0], [0.3 + (0.2 * expression), -0.2 + (0.2 * expression)], [0.2 * pose, 0.1 - (0.2 * pose), 0.2 + (0.2 * pose)], [1 + pose, 1, 1 - pose], identity: 3),
            MotionTransfer.Strengthened(source, target, pose, expression));
    }

    [Fact]
    public void A_part_of_a_rotation_is_about_the_same_axis_and_half_a_turn_is_made_whole()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var from = EulerAngles.ToMatrix(randn([20, 3], ScalarType.Float64, generator: generator));
        var to = EulerAngles.ToMatrix(randn([20, 3], ScalarType.Float64, generator: generator));

        var third = PartialRotation.Between(from, to, 1.0 / 3);
        var again = PartialRotation.Between(from, PartialRotation.Between(from, to, 0.5), 2);

        TensorAssert.Close(to, third.matmul(from.transpose(1, 2)).matmul(third.matmul(from.transpose(1, 2))).matmul(third), 1e-9);
        TensorAssert.Close(to, again, 1e-9);
        TensorAssert.Close(from, PartialRotation.Between(from, from, 0.7), 1e-12);
        var half = EulerAngles.ToMatrix(tensor(new[,] { { 0, Math.PI, 0 } }));
        TensorAssert.Close(half, PartialRotation.Between(eye(3, dtype: ScalarType.Float64).unsqueeze(0), half, 0.5), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.25)]
    public void Places_move_in_units_of_the_size_of_the_face_and_sizes_by_the_same_factor(double firstSize)
    {
        using var scope = NewDisposeScope();
        var moved = MotionTransfer.Transfer(
            MotionMode.Relative, Face([0, 0, 0], crop: [Math.Log(0.5), 0.2, -0.1], translation: [1, 2, 3]),
            Face([0, 0, 0], crop: [Math.Log(3), 0.5, 0.3], translation: [0.5, 0, -1]), Face([0, 0, 0], crop: [Math.Log(firstSize), 0.1, 0.1], translation: [0.25, 0, 1]));
        var ratio = 0.5 / firstSize;
        AssertFace(Face([0, 0, 0], crop: [Math.Log(0.5 * 3 / firstSize), 0.2 + (ratio * 0.4), -0.1 + (ratio * 0.2)], translation: [1.25, 2, 1]), moved);
    }

    [Theory]
    [InlineData(MotionMode.Relative, true, true)]
    [InlineData(MotionMode.PoseOnly, true, false)]
    [InlineData(MotionMode.ExpressionOnly, false, true)]
    public void A_mode_moves_what_it_names_and_nothing_else(MotionMode mode, bool pose, bool expression)
    {
        using var scope = NewDisposeScope();
        var source = Face([0, 10, 0], [0.3, -0.2], [0, 0.1, 0.2], [1, 1, 1], identity: 3);
        var first = Face([0, 5, 0], [1, 1], [0, 0, 0], [0, 0, 0], identity: 7);
        var driving = Face([0, 25, 0], [1.5, 0], [0.2, -0.3, 0.1], [0, 0, 2], identity: 7);
        var expected = source with
        {
            Angles = pose ? Face([0, 30, 0]).Angles : source.Angles,
            Crop = pose ? Row([0.2, -0.2, 0.3]) : source.Crop,
            Translation = pose ? Row([1, 1, 3]) : source.Translation,
            Expression = expression ? Row([0.8, -1.2]) : source.Expression,
        };
        AssertFace(expected, MotionTransfer.Transfer(mode, source, driving, first));
        AssertFace(source, MotionTransfer.Transfer(mode, source, first, first));
    }

    [Fact]
    public void There_is_no_other_mode()
        => Assert.Throws<ArgumentOutOfRangeException>(() => MotionTransfer.Transfer(MotionMode.RelativeUnscaled, Straight, Straight, Straight));

    private static Tensor Row(double[] values) => tensor(values, [1, values.Length]);

    private static FaceCoefficients Face(double[] degrees, double[]? expression = null, double[]? crop = null, double[]? translation = null, double identity = 1) => new(
        full([1, 2], identity, ScalarType.Float64), Row(expression ?? [0, 0]), Row(degrees) * (Math.PI / 180), Row(translation ?? [0, 0, 0]), Row(crop ?? [0, 0, 0]),
        ones([1], ScalarType.Float64));

    private static void AssertFace(FaceCoefficients expected, FaceCoefficients actual)
    {
        TensorAssert.Close(expected.Identity, actual.Identity, 0, "identity");
        TensorAssert.Close(expected.Expression, actual.Expression, 1e-12, "expression");
        TensorAssert.Close(expected.Angles, actual.Angles, 1e-12, "angles");
        TensorAssert.Close(expected.Crop, actual.Crop, 1e-12, "crop");
        TensorAssert.Close(expected.Translation, actual.Translation, 1e-12, "translation");
    }
}
