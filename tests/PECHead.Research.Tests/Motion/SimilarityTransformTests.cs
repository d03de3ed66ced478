using PECHead.Research.FaceModel;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

public sealed class SimilarityTransformTests
{
    [Fact]
    public void The_inverse_takes_points_back()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var transform = Random(generator);
        var points = rand([3, 7, 2], generator: generator);

        TensorAssert.Close(points, transform.Inverse().Apply(transform.Apply(points)), 1e-5);
        TensorAssert.Close(points, transform.Apply(transform.Inverse().Apply(points)), 1e-5);
    }

    [Fact]
    public void A_quarter_turn_brings_the_right_to_the_top()
    {
        using var scope = NewDisposeScope();
        var turn = new SimilarityTransform(full([1], Math.PI / 2, ScalarType.Float32), full([1], Math.Log(2), ScalarType.Float32), zeros(1, 2));

        TensorAssert.Close(tensor(new[] { 0f, -1f }, [1, 1, 2]), turn.Apply(tensor(new[] { 0.5f, 0f }, [1, 1, 2])), 1e-6);
    }

    [Fact]
    public void What_is_known_of_a_face_moves_as_the_points_of_its_frame_do()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        using var reconstructor = new MeshReconstructor(FaceModelFile.Load(FaceModelFile.EmbeddedPath));
        var face = reconstructor.Neutral(3, CPU) with
        {
            Expression = randn([3, reconstructor.ExpressionSize], generator: generator),
            Angles = 0.3 * randn([3, 3], generator: generator),
            Crop = 0.2 * randn([3, 3], generator: generator),
        };
        var transform = Random(generator);

        var moved = reconstructor.Landmarks(face.Transformed(transform.Angle, transform.LogScale, transform.Shift));

        TensorAssert.Close(transform.Apply(reconstructor.Landmarks(face)), moved, 1e-4);
    }

    [Fact]
    public void A_point_seen_in_the_warped_frame_lies_where_the_transform_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var transform = Random(generator);
        var ramp = CoordinateGrid.Create(33, 33, ScalarType.Float32, CPU).permute(2, 0, 1).unsqueeze(0).expand(3, 2, 33, 33);   // shows its own place

        var seen = transform.Warp(ramp).permute(0, 2, 3, 1).reshape(3, -1, 2);
        var expected = transform.Apply(CoordinateGrid.Create(33, 33, ScalarType.Float32, CPU).reshape(1, -1, 2).expand(3, -1, 2));

        var inside = (expected.abs() < 1).all(-1, keepdim: true);
        TensorAssert.Close(expected * inside, seen * inside, 1e-4);
    }

    private static SimilarityTransform Random(Generator generator)
        => SimilarityTransform.Random(3, new SimilarityTransformConfig { AngleDeviation = 0.5, LogScaleDeviation = 0.3, ShiftDeviation = 0.3 }, generator, CPU);

    [Fact]
    public void Random_transforms_depart_from_the_identity_as_far_as_the_configuration_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var transform = SimilarityTransform.Random(4000, new SimilarityTransformConfig { AngleDeviation = 0.1, LogScaleDeviation = 0.05, ShiftDeviation = 0.2 }, generator, CPU);
        foreach (var (values, deviation) in new[] { (transform.Angle, 0.1), (transform.LogScale, 0.05), (transform.Shift, 0.2) })
        {
            Assert.InRange(values.mean().ToDouble(), -0.06 * deviation, 0.06 * deviation);
            Assert.InRange(values.std().ToDouble(), 0.95 * deviation, 1.05 * deviation);
        }
    }
}
