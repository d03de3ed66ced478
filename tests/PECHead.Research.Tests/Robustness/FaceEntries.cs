using PECHead.Research.Animation;
using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using PECHead.Research.Tests.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>The face model and coefficients.</summary>
internal static class FaceEntries
{
    private static readonly LinearFaceModel Model = SyntheticFaceModel.Create(new ExpressionDirections([new("smile", new ExpressionDirection([1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]))]));
    public static MeshReconstructor Reconstructor { get; } = new(SyntheticFaceModel.Create());

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("FaceEdit.Apply(source)", p => new FaceEdit { Yaw = 5 }.With("smile", 0.5).Apply(Face(p, "source"), Model.Directions)),
        new("CoefficientFilter.Next(frame)", p => new CoefficientFilter(25).Next(Face(p, "frame", count: 1))),
        new("ExpressionDirections.Apply(coefficients)", p => Model.Directions.Apply(Face(p, "coefficients"), "smile", 0.5)),
        new("ExpressionDirections.Amounts(coefficients)", p => Model.Directions.Amounts(Face(p, "coefficients"))),
        new("FaceCoefficients.FromPose(identity, expression, pose, score)", p => FaceCoefficients.FromPose(p.Of("identity", 2, 4), p.Of("expression", 2, 6), p.Of("pose", 2, 9), p.Of("score", 2))),
        new("FaceCoefficients.Concatenate(batches)", p => FaceCoefficients.Concatenate([Face(p, "batches"), Face(p, "batches")])),
        new("FaceCoefficients.Checked()", p => Face(p, "face").Checked()),
        new("FaceCoefficients.WithMotionOf(driving)", p => Face(p, "face").WithMotionOf(Face(p, "driving"))),
        new("FaceCoefficients.WithMeanIdentity()", p => Face(p, "face").WithMeanIdentity()),
        new("FaceCoefficients.Transformed(angle, logScale, shift)", p => Face(p, "face").Transformed(p.Of("angle", 2), p.Of("logScale", 2), p.Of("shift", 2, 2))),
        new("FaceCoefficients.WithMirroredPose()", p => Face(p, "face").WithMirroredPose()),
        new("FaceCoefficients.Select(indices)", p => Face(p, "face").Select(p.Given("indices", tensor(new long[] { 1, 0, 1 })))),
        new("FaceCoefficients.Slice()", p => Face(p, "face").Slice(1, 1)),
        new("FaceModelBuilder.Build(clips, portraits)", p => Built(new FaceModelBuilder { IdentitySize = 2, ExpressionSize = 3 }.Build(
            [("one", p.Given("clips", Meshes(12)))], p.Given("portraits", Meshes(6)))), Every: 3),
        new("FaceModelError.Of(meshes, fitted)", p => FaceModelError.Of(Model, p.Given("meshes", Meshes(2)), Face(p, "fitted"))),
        new("FaceModelFit.new(rigidWeights)", p => new FaceModelFit(Model, p.Given("rigidWeights", SyntheticFaceModel.RigidWeights())).Fit(Meshes(2), ones(2)), Every: 2),
        new("FaceModelFit.Fit(points, score, identity)", p => Fit().Fit(p.Given("points", Meshes(2)), p.Of("score", 2), p.Of("identity", 1, 4))),
        new("LinearFaceModel.new(mean, identity, expression, identityMirror, expressionMirror)", p => new LinearFaceModel(
            p.Of("mean", 5, 3), p.Of("identity", 2, 5, 3), p.Of("expression", 3, 5, 3), p.Of("identityMirror", 2), p.Of("expressionMirror", 3)).PointCount),
        new("LinearFaceModel.Shape(identity, expression)", p => Model.Shape(p.Of("identity", 2, 4), p.Of("expression", 2, 6))),
        new("LinearFaceModel.Points(coefficients)", p => Model.Points(Face(p, "coefficients"))),
        new("LinearFaceModel.Mirror(coefficients)", p => Model.Mirror(Face(p, "coefficients"))),
        new("MeshReconstructor.Fit(frames, found)", p => Reconstructor.Fit(p.Of("frames", 2, 3, 8, 8), new FaceMeshes(100 * rand(2, 468, 3), [1, 1], [null, null], [null, null])), Every: 2),
        new("MeshReconstructor.Fit(pixels, score)", p => Reconstructor.Fit(p.Given("pixels", 10 * Meshes(2)), p.Of("score", 2), 64), Every: 2),
        new("MeshReconstructor.Landmarks(coefficients)", p => Reconstructor.Landmarks(Face(p, "coefficients"))),
        new("MeshReconstructor.Points(coefficients)", p => Reconstructor.Points(Face(p, "coefficients"), [1, 2])),
        new("MeshReconstructor.Mirror(coefficients)", p => Reconstructor.Mirror(Face(p, "coefficients"))),
        new("MeshReconstructor.ShareIdentity(clip)", p => Reconstructor.ShareIdentity(Face(p, "clip")), Every: 2),
        new("FaceDescriptor.Similarity(left, right)", p => FaceDescriptor.Similarity(p.Of("left", 2, 5), p.Of("right", 2, 5))),
        new("Landmarks68.FromMesh(points)", p => Landmarks68.FromMesh(p.Of("points", 2, 468, 3))),
    ];

    public static FaceCoefficients Face(Probe p, string name, long count = 2, long identity = 4, long expression = 6) => new(
        p.Of($"{name}.Identity", count, identity), p.Of($"{name}.Expression", count, expression), p.Of($"{name}.Angles", count, 3),
        p.Of($"{name}.Translation", count, 3), p.Of($"{name}.Crop", count, 3), p.Of($"{name}.Score", count));

    private static FaceModelFit Fit() => new(Model, SyntheticFaceModel.RigidWeights());

    private static Tensor Meshes(long count) => Model.Points(SyntheticFaceModel.Faces(count, 3).To(ScalarType.Float32));

    private static int Built(LinearFaceModel model)
    {
        using (model) return model.PointCount;
    }
}
