using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void Planted_directions_are_found_with_their_variances()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var turn = linalg.qr(randn([6, 6], ScalarType.Float64, generator: generator)).Q;
        var spread = tensor(new[] { 5.0, 3, 2, 0.1, 0.1, 0.1 });
        var samples = matmul(randn([4000, 6], ScalarType.Float64, generator: generator) * spread, turn);

        var found = PrincipalComponents.Of(samples, 3);

        TensorAssert.Close(eye(3, dtype: ScalarType.Float64), matmul(found.Directions, found.Directions.transpose(0, 1)), 1e-9);
        TensorAssert.Close(tensor(new[] { 25.0, 9, 4 }), found.Variances, 1.5);
        TensorAssert.Close(ones(3, ScalarType.Float64), matmul(found.Directions, turn.transpose(0, 1)).abs().amax(1), 0.01);
    }

    [Fact]
    public void The_basis_of_faces_is_symmetric_or_antisymmetric_and_spans_the_mirror_images()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        var weights = randn([50, SyntheticFaceModel.ExpressionSize], ScalarType.Float64, generator: new Generator(3));
        var shapes = model.Shape(zeros(50, SyntheticFaceModel.IdentitySize, ScalarType.Float64), weights) - model.Mean;

        var (basis, signs) = FaceMirror.Basis(shapes, SyntheticFaceModel.ExpressionSize);

        TensorAssert.Close(basis * signs.view(-1, 1, 1), FaceMirror.Of(basis), 1e-9);
        var flat = basis.flatten(1);
        var project = matmul(flat.transpose(0, 1), matmul(matmul(flat, flat.transpose(0, 1)).inverse(), flat));
        TensorAssert.Close(shapes.flatten(1), matmul(shapes.flatten(1), project), 1e-6);
    }
}
