using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.FaceModel;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

[Collection(OracleTests.Name)]
public sealed class ProcrustesTests(OracleFixture oracles)
{
    [OracleFact]
    public void The_alignment_of_noisy_points_is_that_of_scipy()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("face_pose");

        var found = Procrustes.Align(expected["points"], expected["moved"], expected["weights"]);

        TensorAssert.Close(expected["rotation"], found.Rotation, 1e-9);
        TensorAssert.Close(expected["scale"], found.Scale, 1e-9);
    }

    [Fact]
    public void Any_turn_scale_and_shift_of_the_canonical_face_is_found_again()
    {
        using var face = SyntheticFaceModel.Canonical().to(ScalarType.Float64);
        using var weights = SyntheticFaceModel.RigidWeights();
        var angle = Gen.Choose(-1500, 1500).Select(value => value / 1000.0);
        var pose = angle.ArrayOf(3).Zip(Gen.Choose(1, 4000).Select(value => value / 100.0));
        Prop.ForAll(pose.ToArbitrary(), given =>
        {
            using var scope = NewDisposeScope();
            var rotation = EulerAngles.ToMatrix(tensor(given.Item1, [1, 3]));
            var shift = tensor(new[] { 3.0, -2, 0.5 }, [1, 3]);
            var moved = new Similarity(tensor(new[] { given.Item2 }), rotation, shift).Apply(face);
            var found = Procrustes.Align(face, moved, weights);
            TensorAssert.Close(tensor(given.Item1, [1, 3]), EulerAngles.FromMatrix(found.Rotation), 1e-7);
            TensorAssert.Close(shift, found.Translation, 1e-9);
            TensorAssert.Close(face.unsqueeze(0), found.Undo(moved), 1e-8);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_mirrored_target_is_met_by_a_rotation_and_not_by_a_reflection()
    {
        using var scope = NewDisposeScope();
        var points = randn([9, 3], ScalarType.Float64, generator: new Generator(3));
        var mirrored = (points * tensor(new[] { -1.0, 1, 1 })).unsqueeze(0);

        var rotation = Procrustes.Align(points, mirrored, ones(9)).Rotation.squeeze(0);

        TensorAssert.Close(eye(3, dtype: ScalarType.Float64), matmul(rotation, rotation.transpose(0, 1)), 1e-12);
        Assert.Equal(1, Determinant(rotation), 10);
    }

    [Fact]
    public void A_target_that_is_one_point_gives_finite_values()
    {
        using var scope = NewDisposeScope();
        var found = Procrustes.Align(SyntheticFaceModel.Canonical(), ones(2, 468, 3), SyntheticFaceModel.RigidWeights());
        TensorAssert.Close(eye(3, dtype: ScalarType.Float64).expand(2, 3, 3), found.Rotation, 1e-9);
        Assert.True(TensorAssert.IsFinite(found.Translation) && found.Scale.min().ToDouble() > 0);
    }

    private static double Determinant(Tensor m)
    {
        double At(int i, int j) => m[i, j].ToDouble();
        return (At(0, 0) * ((At(1, 1) * At(2, 2)) - (At(1, 2) * At(2, 1))))
            - (At(0, 1) * ((At(1, 0) * At(2, 2)) - (At(1, 2) * At(2, 0))))
            + (At(0, 2) * ((At(1, 0) * At(2, 1)) - (At(1, 1) * At(2, 0))));
    }
}
