using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.FaceToFace;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>What Face2Face-ρ sees of a face: sketches as the authors' program draws them, and points and pose of ours.</summary>
public sealed class LandmarkSketchTests
{
    [Theory]
    [InlineData("source", 256)]
    [InlineData("source", 512)]
    [InlineData("driving", 256)]
    [InlineData("driving", 512)]
    public void Every_pixel_of_a_sketch_is_that_of_the_authors_program(string face, int size)
    {
        using var scope = NewDisposeScope();
        var golden = new GoldenFile("face2face-rho");
        var points = golden[$"inputs/{face}_landmarks"].unsqueeze(0);
        foreach (var (times, level) in FaceToFaceConfig.Reductions.Select((times, level) => (times, level)))
        {
            var expected = golden[$"inputs/{face}_sketch{size}.{size / times}"].to(ScalarType.Float32).permute(2, 0, 1).unsqueeze(0) / 255 * 2 - 1;

            TensorAssert.Close(expected, LandmarkSketch.Draw(points, size / times, level), 1e-6, $"level {level}");
        }
    }

    [Fact]
    public void Points_beyond_the_frame_and_no_numbers_are_drawn_where_they_can_be()
    {
        using var scope = NewDisposeScope();
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, -1e30, 3 })
            Assert.True(TensorAssert.IsFinite(LandmarkSketch.Draw(full(1, 72, 2, value), 32, 2)));
        var half = linspace(-2, 2, 72).reshape(1, 72, 1).expand(1, 72, 2);

        Assert.Equal(1, LandmarkSketch.Draw(half, 32, 2).max().ToSingle());
    }

    [Fact]
    public void The_points_are_the_landmarks_in_the_authors_order_and_lids_have_three_between_their_corners()
    {
        using var scope = NewDisposeScope();
        // Landmark i stands at (i, i²): a cubic through four of them is exact for a parabola along equal steps.
        var numbers = arange(68, ScalarType.Float64);
        var landmarks = stack([numbers, numbers.square()], 1).unsqueeze(0);

        var points = SketchFace.Of(State(landmarks, zeros(1, 9, ScalarType.Float64)), "face").Points[0];

        double[] order = [.. points.narrow(1, 0, 1).flatten().data<double>().ToArray().Select(value => Math.Round(value, 6))];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 15, 14, 13, 12, 11, 10, 9], order[..17]);
        Assert.Equal(Enumerable.Range(17, 19).Select(i => (double)i), order[17..36]);
        Assert.Equal([36, 36.75, 37.5, 38.25, 39], order[36..41]);
        Assert.Equal([45, 44.25, 43.5, 42.75, 42], order[44..49]);
        Assert.Equal([48, 50, 49, 60, 61, 54, 52, 53, 64, 63, 51, 62, 65, 55, 56, 67, 59, 58, 66, 57], order[52..]);
        Assert.Equal(37.5 * 37.5, points[38, 1].ToDouble(), 1e-3);
    }

    [Fact]
    public void The_pose_is_the_axis_times_the_angle_with_place_and_scale()
    {
        using var scope = NewDisposeScope();
        var angles = tensor(new[] { 0.0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.4, 0.3, -0.2, 0.6, 0, 0, 0, Math.PI, 0, 0 }, [7, 3]);
        var crop = tensor(new[] { Math.Log(0.7), 0.1, -0.2 }, [1, 3]).expand(7, 3);

        var pose = SketchFace.Of(State(zeros(7, 68, 2, ScalarType.Float64), cat([angles, zeros(7, 3, ScalarType.Float64), crop], 1)), "face").Pose;

        TensorAssert.Close(tensor(new[] { 0, 0.5, 0, 0.1, -0.2, 0.007 }), pose[0], 1e-7);
        TensorAssert.Close(zeros(3, ScalarType.Float64), pose[1].narrow(0, 0, 3), 1e-7);
        TensorAssert.Close(tensor(new[] { 0, 0, -0.4 }), pose[3].narrow(0, 0, 3), 1e-7);
        // exp of the cross product with the axis is the rotation again.
        var turn = pose[4].narrow(0, 0, 3);
        double[] w = [.. turn.data<double>().ToArray()];
        var cross = tensor(new[] { 0, -w[2], w[1], w[2], 0, -w[0], -w[1], w[0], 0 }, [1, 3, 3]);
        TensorAssert.Close(EulerAngles.ToMatrix(angles.narrow(0, 4, 1)), matrix_exp(cross), 1e-7);
        Assert.True(TensorAssert.IsFinite(pose));
    }

    [Fact]
    public void Another_number_of_landmarks_or_of_pose_numbers_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SketchFace.Of(State(zeros(1, 72, 2), zeros(1, 9)), "face"));
        Assert.Throws<ArgumentException>(() => SketchFace.Of(State(zeros(1, 68, 2), zeros(1, 6)), "face"));
        using var model = new FaceToFaceModel(FaceToFaceConfig.Small);
        Assert.Throws<ArgumentException>(() => model.EncodeSource(new FaceFrame(zeros(1, 3, 128, 128))));
        Assert.Throws<ArgumentException>(() => model.EncodeSource(new FaceFrame(zeros(1, 3, 64, 64), State(zeros(1, 68, 2), zeros(1, 9)))));
    }

    private static FaceState State(Tensor landmarks, Tensor pose) => new(new Keypoints(landmarks), pose, zeros(pose.size(0), 4));
}
