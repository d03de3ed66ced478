using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class FaceModelBuilderTests
{
    private const int Frames = 60;

    private static readonly FaceModelBuilder Builder = new()
    {
        IdentitySize = SyntheticFaceModel.IdentitySize,
        ExpressionSize = SyntheticFaceModel.ExpressionSize,
    };

    [Fact]
    public void A_model_built_from_clips_and_portraits_explains_people_it_has_not_seen()
    {
        using var scope = NewDisposeScope();
        using var truth = SyntheticFaceModel.Create();
        using var model = Builder.Build([("one", Clip(truth, 1)), ("two", Clip(truth, 2))], Meshes(truth, 40, 3));
        using var weights = SyntheticFaceModel.RigidWeights();
        using var fit = new FaceModelFit(model, weights);
        using var rigid = new FaceModelFit(model, weights, new FaceFitConfig { Ridge = 1e9 });
        var unseen = Meshes(truth, 20, 4);

        var fitted = FaceModelError.Of(model, unseen, fit.Fit(unseen, ones(20)));
        var unfitted = FaceModelError.Of(model, unseen, rigid.Fit(unseen, ones(20)));

        Assert.InRange(fitted.MeshMillimetres, 0, unfitted.MeshMillimetres / 5);
        Assert.Equal(ExpressionCalibration.Names, model.Directions.Names);
    }

    [Fact]
    public void Building_twice_gives_the_same_model()
    {
        using var scope = NewDisposeScope();
        using var truth = SyntheticFaceModel.Create();
        using var first = Builder.Build([("one", Clip(truth, 1))], Meshes(truth, 10, 3));
        using var second = Builder.Build([("one", Clip(truth, 1))], Meshes(truth, 10, 3));
        var faces = SyntheticFaceModel.Faces(3, 5);
        TensorAssert.Close(first.Points(faces), second.Points(faces), 0);
    }

    [Fact]
    public void Without_a_clip_there_is_nothing_to_learn_expressions_from()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("clip", Assert.Throws<ArgumentException>(() => Builder.Build([], zeros(3, 468, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Builder.Build([("one", zeros(3, 68, 3))], zeros(0, 468, 3)));
    }

    /// <summary>Frames of one person.</summary>
    private static Tensor Clip(LinearFaceModel truth, ulong seed)
    {
        using var scope = NewDisposeScope();
        var faces = SyntheticFaceModel.Faces(Frames, seed);
        return truth.Points(faces with { Identity = faces.Identity.narrow(0, 0, 1).expand(Frames, SyntheticFaceModel.IdentitySize) }).MoveToOuterDisposeScope();
    }

    private static Tensor Meshes(LinearFaceModel truth, long count, ulong seed)
    {
        using var scope = NewDisposeScope();
        return truth.Points(SyntheticFaceModel.Faces(count, seed)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
