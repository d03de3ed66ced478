using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
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
        using var reconstructor = new MeshReconstructor(SyntheticFaceModel.Create());

        var found = Fit(reconstructor, points, ones(3));

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
        var broken = points.clone();
        broken[1] = tensor(float.NaN);
        using var some = new MeshReconstructor(SyntheticFaceModel.Create());

        var found = Fit(some, broken, tensor(new[] { 1f, 1f, 0f }));

        TensorAssert.Close(tensor(new[] { 1f, 0, 0 }), found.Score, 0);
        TensorAssert.Close(Fit(some, points, ones(3)).Slice(0, 1).Pose, found.Slice(0, 1).Pose, 1e-5);
        TensorAssert.Close(some.Neutral(2, CPU).Pose, found.Slice(1, 2).Pose, 0);
        TensorAssert.Close(zeros(2, SyntheticFaceModel.ExpressionSize), found.Expression.narrow(0, 1, 2), 0);
        Assert.InRange(some.Landmarks(found).abs().max().ToDouble(), 0, 2);
    }

    [Fact]
    public void Frames_that_are_not_square_and_meshes_of_other_frames_are_refused()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = new MeshReconstructor(SyntheticFaceModel.Create());
        FaceMeshes Meshes(int count) => new(zeros(count, 468, 3), new float[count], new FaceCrop?[count], new DetectedFace?[count]);
        Assert.Throws<ArgumentException>(() => reconstructor.Fit(zeros(1, 3, 64, 48), Meshes(1)));
        Assert.Throws<ArgumentException>(() => reconstructor.Fit(zeros(1, 1, 64, 64), Meshes(1)));
        Assert.ThrowsAny<ArgumentException>(() => reconstructor.Fit(zeros(1, 3, 1, 1), Meshes(1)));
        Assert.Throws<ArgumentException>(() => reconstructor.Fit(zeros(2, 3, 64, 64), Meshes(1)));
        Assert.Equal(0, reconstructor.Fit(zeros(0, 3, 64, 64), Meshes(0)).Count);
    }

    [Fact]
    public void Sharing_an_identity_moves_points_less_than_averaging_it()
    {
        using var scope = NewDisposeScope();
        using var model = FaceModelFile.Load(FaceModelFile.EmbeddedPath);
        using var reconstructor = new MeshReconstructor(model);
        var faces = FaceCoefficientsTests.Random(12, 3, model.IdentitySize, model.ExpressionSize);
        faces = faces with { Identity = faces.Identity * 0.3, Translation = zeros(12, 3), Score = ones(12) };

        var shared = reconstructor.ShareIdentity(faces);

        var points = reconstructor.Points(faces);
        double Moved(FaceCoefficients other) => (reconstructor.Points(other) - points).narrow(2, 0, 2).square().mean().sqrt().ToDouble();
        TensorAssert.Close(shared.Identity[0], shared.Identity[5], 1e-6);
        Assert.InRange(Moved(shared), 0, 0.8 * Moved(faces.WithMeanIdentity()));
    }

    [Fact]
    public void Sharing_an_identity_treats_the_frames_of_a_long_clip_alike_wherever_they_stand()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = new MeshReconstructor(SyntheticFaceModel.Create());
        var clip = SyntheticFaceModel.Faces(600, 1).To(ScalarType.Float32);
        var backwards = arange(599, -1, -1, ScalarType.Int64);

        var (forth, back) = (reconstructor.ShareIdentity(clip), reconstructor.ShareIdentity(clip.Select(backwards)).Select(backwards));

        TensorAssert.Close(forth.Expression, back.Expression, 1e-4);
        TensorAssert.Close(forth.Angles, back.Angles, 1e-4);
        Assert.Equal(600, forth.Count);
    }

    [Fact]
    public void Reconstructing_leaves_only_the_coefficients_behind()
    {
        using var scope = NewDisposeScope();
        using var model = SyntheticFaceModel.Create();
        using var reconstructor = new MeshReconstructor(SyntheticFaceModel.Create());
        var (points, score) = (model.Points(SyntheticFaceModel.Faces(2, 1).To(ScalarType.Float32)), ones(2));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++)
        {
            using var found = Fit(reconstructor, points, score);
            reconstructor.Landmarks(found).Dispose();
            reconstructor.Points(found, [1, 2]).Dispose();
            reconstructor.Mirror(found).Dispose();
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    // From half frames, z towards the camera, to pixels, z away from it.
    private static FaceCoefficients Fit(MeshReconstructor reconstructor, Tensor points, Tensor score)
    {
        using var scope = NewDisposeScope();
        return reconstructor.Fit(((points * tensor(new[] { 1f, 1, -1 })) + tensor(new[] { 1f, 1, 0 })) * ((Side - 1) / 2.0), score, Side).MoveToOuterDisposeScope();
    }
}
