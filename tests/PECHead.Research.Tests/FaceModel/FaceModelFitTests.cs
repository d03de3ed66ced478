using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class FaceModelFitTests
{
    private static readonly FaceFitConfig Exact = new() { Iterations = 60, Ridge = 1e-9 };

    [Fact]
    public void Coefficients_come_back_from_their_points()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var fit = new FaceModelFit(model, SyntheticFaceModel.RigidWeights(), Exact);
        var faces = SyntheticFaceModel.Faces(6, 1);

        var found = fit.Fit(model.Points(faces), faces.Score);

        TensorAssert.Close(model.Points(faces), model.Points(found), 1e-4, "points");
        TensorAssert.Close(faces.Angles, found.Angles, 2e-3, "angles");
        TensorAssert.Close(faces.Score, found.Score, 0);
    }

    [Fact]
    public void Known_angles_are_found_within_a_degree_by_the_default_fit()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var fit = new FaceModelFit(model, SyntheticFaceModel.RigidWeights());
        var faces = SyntheticFaceModel.Faces(64, 2);
        var noise = randn([64, 468, 3], ScalarType.Float64, generator: new Generator(4)) * 0.003;   // half a pixel of 256

        var found = fit.Fit(model.Points(faces) + noise, faces.Score, faces.Identity);

        double degrees = (faces.Angles - found.Angles).abs().mean().ToDouble() * 180 / Math.PI;
        Assert.InRange(degrees, 0, 1);
    }

    [Fact]
    public void The_fit_of_mirrored_points_is_the_mirrored_fit()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var fit = new FaceModelFit(model, SyntheticFaceModel.RigidWeights());
        var faces = SyntheticFaceModel.Faces(5, 3);
        var points = model.Points(faces);

        var expected = model.Mirror(fit.Fit(points, faces.Score));
        var found = fit.Fit(FaceMirror.Of(points), faces.Score);

        TensorAssert.Close(expected.Pose, found.Pose, 1e-6, "pose");
        TensorAssert.Close(expected.Expression, found.Expression, 1e-4, "expression");
        TensorAssert.Close(expected.Identity, found.Identity, 1e-4, "identity");
        TensorAssert.Close(FaceMirror.Of(points), model.Points(model.Mirror(faces)), 1e-6, "points");
    }

    [Fact]
    public void Transformed_coefficients_are_the_fit_of_transformed_points()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var fit = new FaceModelFit(model, SyntheticFaceModel.RigidWeights());
        var faces = SyntheticFaceModel.Faces(3, 4);
        var angle = tensor(new[] { 0.5, -0.3, 2.9 });
        var logScale = tensor(new[] { 0.2, -0.4, 0.1 });
        var shift = tensor(new[] { 0.1, 0.3, -0.2, 0.05, 0.4, -0.6 }, [3, 2]);
        var points = model.Points(faces);
        var (cos, sin) = (angle.cos().unsqueeze(1), angle.sin().unsqueeze(1));
        var scale = logScale.exp().unsqueeze(1);
        var (x, y, z) = (points.select(2, 0), points.select(2, 1), points.select(2, 2));
        var moved = stack(
        [
            (scale * ((cos * x) + (sin * y))) + shift.narrow(1, 0, 1),
            (scale * ((cos * y) - (sin * x))) + shift.narrow(1, 1, 1),
            scale * z,
        ], 2);

        var expected = faces.Transformed(angle, logScale, shift);
        var found = fit.Fit(moved, faces.Score);
        var before = fit.Fit(points, faces.Score);

        TensorAssert.Close(moved, model.Points(expected), 1e-6, "points");
        TensorAssert.Close(before.Transformed(angle, logScale, shift).Pose, found.Pose, 1e-6, "pose");
        TensorAssert.Close(before.Expression, found.Expression, 1e-5, "expression");
    }

    [Fact]
    public void A_known_identity_is_kept()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var fit = new FaceModelFit(model, SyntheticFaceModel.RigidWeights(), new FaceFitConfig { Ridge = 0.01 });
        var faces = SyntheticFaceModel.Faces(8, 5);
        var clip = faces with { Identity = faces.Identity[0].expand(8, SyntheticFaceModel.IdentitySize), Score = ones_like(faces.Score) };

        var found = fit.Fit(model.Points(clip), clip.Score, clip.Identity[..1] + 0.1);

        TensorAssert.Close(clip.Identity + 0.1, found.Identity, 1e-12);
        TensorAssert.Close(clip.Expression, found.Expression, 0.3);
    }

    [Fact]
    public void Landmarks_have_the_gradient_of_their_value_in_every_coefficient()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var landmarks = model.Subset(CanonicalFace.Landmarks);
        const int identity = SyntheticFaceModel.IdentitySize, expression = SyntheticFaceModel.ExpressionSize;
        var face = FaceCoefficientsTests.Random(1, 6, identity, expression).To(ScalarType.Float64);
        var weights = randn([1, 68, 3], ScalarType.Float64, generator: new Generator(7));
        var all = cat([face.Identity, face.Expression, face.Pose], 1);

        TensorAssert.Gradient(
            values =>
            {
                var moved = FaceCoefficients.FromPose(
                    values.narrow(1, 0, identity), values.narrow(1, identity, expression),
                    values.narrow(1, identity + expression, FaceCoefficients.PoseSize), face.Score);
                var turned = moved.Transformed(tensor(new[] { 0.3 }), tensor(new[] { 0.1 }), tensor(new[] { 0.1, 0.2 }, [1, 2]));
                return (landmarks.Points(turned) * weights).sum();
            },
            all);
    }

    [Fact]
    public void A_subset_has_the_points_of_the_whole()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var some = model.Subset([4, 467, 0]);
        var faces = SyntheticFaceModel.Faces(2, 9);

        var expected = model.Points(faces).index_select(1, tensor(new[] { 4L, 467, 0 }));

        TensorAssert.Close(expected, some.Points(faces), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Subset([468]));
    }

    [Fact]
    public void Fitting_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var fit = new FaceModelFit(model, SyntheticFaceModel.RigidWeights());
        var points = model.Points(SyntheticFaceModel.Faces(2, 1));
        var score = ones(2, ScalarType.Float64);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++)
            fit.Fit(points, score).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
