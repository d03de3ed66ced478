using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

/// <summary>PECHead, Eq. 1: R gives landmarks, pose and expression.</summary>
public sealed class MeshReconstructorTests
{
    private const int Side = 101;

    [Fact]
    public void Landmarks_are_where_the_network_saw_them()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        var faces = SyntheticFaceModel.Faces(3, 1).To(ScalarType.Float32);
        var points = model.Points(faces);
        using var reconstructor = Reconstructor(points, ones(3));

        var found = reconstructor.Reconstruct(rand([3, 3, Side, Side]));

        var rows = tensor(CanonicalFace.Landmarks.Select(point => (long)point).ToArray());
        TensorAssert.Close(points.index_select(1, rows).narrow(2, 0, 2), reconstructor.Landmarks(found), 0.01);
        TensorAssert.Shape(reconstructor.Points(found), 3, 468, 3);
        TensorAssert.Close(reconstructor.Points(found).narrow(1, 4, 1), reconstructor.Points(found, [4]), 1e-6);
    }

    [Fact]
    public void Frames_without_a_face_are_neutral_with_score_zero_and_do_not_disturb_the_others()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        var points = model.Points(SyntheticFaceModel.Faces(3, 2).To(ScalarType.Float32));
        using var all = Reconstructor(points, ones(3));
        var broken = points.clone();
        broken[1] = tensor(float.NaN);
        using var some = Reconstructor(broken, tensor(new[] { 1f, 1f, 0f }));
        var frames = rand([3, 3, Side, Side]);

        var found = some.Reconstruct(frames);

        TensorAssert.Close(tensor(new[] { 1f, 0, 0 }), found.Score, 0);
        TensorAssert.Close(all.Reconstruct(frames).Slice(0, 1).Pose, found.Slice(0, 1).Pose, 1e-5);
        TensorAssert.Close(some.Neutral(2, CPU).Pose, found.Slice(1, 2).Pose, 0);
        TensorAssert.Close(zeros(2, SyntheticFaceModel.ExpressionSize), found.Expression.narrow(0, 1, 2), 0);
        Assert.InRange(some.Landmarks(found).abs().max().ToDouble(), 0, 2);
    }

    [Fact]
    public void Frames_that_are_not_square_are_refused()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = Reconstructor(zeros(1, 468, 3), ones(1));
        Assert.Throws<ArgumentException>(() => reconstructor.Reconstruct(zeros(1, 3, 64, 48)));
        Assert.Throws<ArgumentException>(() => reconstructor.Reconstruct(zeros(1, 1, 64, 64)));
        Assert.Throws<ArgumentException>(() => reconstructor.Reconstruct(zeros(1, 3, 1, 1)));
        Assert.Equal(0, reconstructor.Reconstruct(zeros(0, 3, 64, 64)).Count);
    }

    [Fact]
    public void Sharing_an_identity_moves_points_less_than_averaging_it()
    {
        using var scope = NewDisposeScope();
        using var model = FaceModelFile.Load(FaceModelFile.EmbeddedPath);
        using var reconstructor = new MeshReconstructor(_ => (zeros(1, 468, 3), ones(1)), model);
        var faces = FaceCoefficientsTests.Random(12, 3, model.IdentitySize, model.ExpressionSize);
        faces = faces with { Identity = faces.Identity * 0.3, Translation = zeros(12, 3), Score = ones(12) };

        var shared = reconstructor.ShareIdentity(faces);

        var points = reconstructor.Points(faces);
        double Moved(FaceCoefficients other) => (reconstructor.Points(other) - points).narrow(2, 0, 2).square().mean().sqrt().ToDouble();
        TensorAssert.Close(shared.Identity[0], shared.Identity[5], 1e-6);
        Assert.InRange(Moved(shared), 0, 0.8 * Moved(faces.WithMeanIdentity()));
    }

    [Fact]
    public void Reconstructing_leaves_only_the_coefficients_behind()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var reconstructor = Reconstructor(model.Points(SyntheticFaceModel.Faces(2, 1).To(ScalarType.Float32)), ones(2));
        var frames = rand([2, 3, Side, Side]);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++)
        {
            using var found = reconstructor.Reconstruct(frames);
            reconstructor.Landmarks(found).Dispose();
            reconstructor.Points(found, [1, 2]).Dispose();
            reconstructor.Mirror(found).Dispose();
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>A reconstructor whose network sees given points, whatever the frames.</summary>
    private static MeshReconstructor Reconstructor(Tensor points, Tensor score) => new(
        _ => (((points * tensor(new[] { 1f, 1, -1 })) + tensor(new[] { 1f, 1, 0 })) * ((Side - 1) / 2.0), score), SyntheticFaceModel.Create());
}
