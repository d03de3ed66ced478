using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel.Basel;

[Collection(BaselTests.Name)]
public sealed class BfmReconstructorTests(BaselOracle oracle)
{
    private const double HalfCrop = (Deep3DCamera.ImageSize - 1) / 2.0;

    [OracleFact]
    public void Landmarks_are_projected_as_the_published_code_does()
    {
        using var scope = NewDisposeScope();
        var expected = oracle.Load("geometry");
        using var reconstructor = new BfmReconstructor(new Deep3DNetwork(), BaselFaceModel.Load(oracle.PathOf("whole")));
        // A frame that is the aligned crop itself.
        var crop = tensor(new[] { Math.Log(Deep3DCamera.FocalLength / Deep3DCamera.Distance / HalfCrop), (112 / HalfCrop) - 1, (111 / HalfCrop) - 1 }).expand(4, 3);
        var coefficients = new FaceCoefficients(expected["alpha"], expected["beta"], expected["angles"], expected["trans"], crop, ones(4));

        var pixels = (reconstructor.Landmarks(coefficients) + 1) * HalfCrop;

        TensorAssert.Close(expected["pixels"], pixels, 1e-4, "landmarks in pixels");
    }

    [Fact]
    public void Landmarks_of_the_crop_come_back_from_the_frame()
    {
        using var scope = NewDisposeScope();
        using var model = TinyFaceModel.Random();
        using var reconstructor = new BfmReconstructor(new Deep3DNetwork(), model);
        var face = new FacePoints([(100.2, 90.1), (141.7, 88.3), (123.4, 110.9), (104.5, 131.0), (138.8, 130.2)]);
        var crop = Deep3DCrop.FromPoints(face, 200, 200)!;

        // With a network that answers 0, the coefficients say the mean face in the place of the crop.
        var found = reconstructor.Reconstruct(rand(1, 3, 200, 200), [face]).To(ScalarType.Float64);
        var frame = (reconstructor.Landmarks(found) + 1) * 99.5;
        var inCrop = Deep3DCamera.ToPixels(Deep3DCamera.Project(Deep3DCamera.Pose(
            model.Shape(found.Identity, found.Expression, model.Landmarks), found.Angles, found.Translation)));

        for (int i = 0; i < 68; i++)
        {
            var (x, y) = crop.ToFrame(inCrop[0, i, 0].ToDouble(), inCrop[0, i, 1].ToDouble());
            Assert.Equal(x, frame[0, i, 0].ToDouble(), 1e-4);
            Assert.Equal(y, frame[0, i, 1].ToDouble(), 1e-4);
        }
    }

    [OracleFact]
    public void Frames_without_a_face_are_neutral_and_the_others_keep_their_places()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = BfmReconstructor.Load(Combined());
        var face = new FacePoints([(100, 90), (141, 88), (123, 110), (104, 131), (138, 130)], 0.75);
        var frames = rand(11, 3, 96, 96);

        var found = reconstructor.Reconstruct(frames, [face, null, .. Enumerable.Repeat(face, 8), new FacePoints([.. face.Five()], 0)]).Checked();
        var alone = reconstructor.Reconstruct(frames.narrow(0, 9, 1), [face]);

        Assert.Equal([0.75f, 0, .. Enumerable.Repeat(0.75f, 8), 0], found.Score.data<float>().ToArray());
        TensorAssert.Close(alone.Identity, found.Identity.narrow(0, 9, 1), 1e-4);
        TensorAssert.Close(alone.Pose, found.Pose.narrow(0, 9, 1), 1e-4);
        TensorAssert.Close(reconstructor.Neutral(1, CPU).Pose, found.Pose.narrow(0, 1, 1), 0);
        TensorAssert.Close(zeros(2, 80), found.Identity.index_select(0, tensor(new[] { 1L, 10L })), 0);
        Assert.False(found.Identity.requires_grad);
        TensorAssert.Close(reconstructor.Neutral(11, CPU).Pose, reconstructor.Fit(frames, None(11)).Pose, 0);
    }

    [Fact]
    public void Landmarks_are_differentiable_in_all_coefficients()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = Tiny();
        var face = FaceCoefficientsTests.Random(1, 3, 80, 64).To(ScalarType.Float64);
        Tensor Energy(FaceCoefficients moved) => reconstructor.Landmarks(moved).pow(2).sum();

        TensorAssert.Gradient(pose => Energy(FaceCoefficients.FromPose(face.Identity, face.Expression, pose, face.Score)), face.Pose, 1e-5);
        TensorAssert.Gradient(identity => Energy(face with { Identity = identity }), face.Identity, 1e-5);
        TensorAssert.Gradient(expression => Energy(face with { Expression = expression }), face.Expression, 1e-5);
    }

    [Fact]
    public void A_turned_scaled_and_shifted_frame_turns_scales_and_shifts_the_landmarks()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = Tiny();
        var face = FaceCoefficientsTests.Random(2, 4, 80, 64).To(ScalarType.Float64);
        var (angle, scale, shift) = (tensor(new[] { 0.3, -0.7 }), tensor(new[] { 0.1, -0.2 }), tensor(new[] { 0.1, 0.2, -0.1, 0.3 }, 2, 2));

        var moved = reconstructor.Landmarks(face.Transformed(angle, scale, shift));

        var still = reconstructor.Landmarks(face);
        var (x, y) = (still.select(2, 0), still.select(2, 1));
        var (cos, sin) = (angle.cos().unsqueeze(1), angle.sin().unsqueeze(1));
        var expected = (stack([(cos * x) + (sin * y), (cos * y) - (sin * x)], 2) * scale.exp().view(2, 1, 1)) + shift.unsqueeze(1);
        TensorAssert.Close(expected, moved, 1e-6);
    }

    [Fact]
    public void The_mirrored_face_of_a_symmetric_model_has_the_mirrored_points()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = new BfmReconstructor(new Deep3DNetwork(), TinyFaceModel.Symmetric());
        var face = FaceCoefficientsTests.Random(3, 9, 80, 64);

        var mirrored = reconstructor.Mirror(face);

        var partners = tensor(Enumerable.Range(0, 120).Select(i => (long)(i ^ 1)).ToArray());
        var expected = reconstructor.Points(face).index_select(1, partners) * tensor(new[] { -1f, 1f, 1f });
        TensorAssert.Close(expected, reconstructor.Points(mirrored), 1e-4);
        TensorAssert.Close(face.Identity, reconstructor.Mirror(mirrored).Identity, 1e-4);
        Assert.True((face.Identity - mirrored.Identity).abs().max().ToDouble() > 0.1);
    }

    [OracleFact]
    public void Mirroring_works_at_the_true_size()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = new BfmReconstructor(new Deep3DNetwork(), BaselFaceModel.Load(oracle.PathOf("full")));
        var face = FaceCoefficientsTests.Random(1, 2, 80, 64);

        var mirrored = reconstructor.Mirror(face).Checked();

        Assert.True(TensorAssert.IsFinite(mirrored.Identity) && TensorAssert.IsFinite(mirrored.Expression));
        TensorAssert.Close(face.WithMirroredPose().Pose, mirrored.Pose, 0);
        TensorAssert.Shape(reconstructor.Points(mirrored), 1, 35709, 3);
    }

    [Fact]
    public void Nothing_but_the_answer_outlives_a_call()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = Tiny();
        var face = FaceCoefficientsTests.Random(2, 4, 80, 64);
        reconstructor.Mirror(face);   // fits its maps once
        int before = scope.DisposablesCount;

        reconstructor.Landmarks(face);
        Assert.Equal(1, scope.DisposablesCount - before);
        reconstructor.Reconstruct(rand(1, 3, 64, 64), [new FacePoints([(10, 10), (30, 10), (20, 20), (12, 30), (28, 30)])]);
        Assert.Equal(1 + 1 + 6, scope.DisposablesCount - before);
        reconstructor.Mirror(face);
        Assert.Equal(8 + 5, scope.DisposablesCount - before);   // the score is shared
    }

    [Fact]
    public void Frames_that_are_not_square_and_points_that_are_too_few_are_refused()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = Tiny();

        Assert.Throws<ArgumentException>(() => reconstructor.Fit(zeros(1, 3, 64, 32), None(1)));
        Assert.Throws<ArgumentException>(() => reconstructor.Fit(zeros(1, 1, 64, 64), None(1)));
        Assert.Throws<ArgumentException>(() => reconstructor.Reconstruct(zeros(2, 3, 64, 64), [null]));
        Assert.Equal(0, reconstructor.Reconstruct(zeros(1, 3, 1, 1), [new FacePoints(new (double, double)[5])]).Score.ToDouble());
        using var small = new BaselFaceModel(zeros(4, 3), zeros(3, 12), zeros(2, 12), [], new int[68]);
        using var network = new Deep3DNetwork();
        Assert.Throws<ArgumentException>(() => new BfmReconstructor(network, small));
    }

    [Fact]
    public void Without_the_network_the_message_names_it()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("epoch_20.pth", Assert.Throws<DataException>(() => BfmReconstructor.Load(folder.Root)).Message, StringComparison.Ordinal);
        folder.Write("BFM/BFM_model_front.mat", "x");
        var message = Assert.Throws<DataException>(() => BfmReconstructor.Load(folder.Root)).Message;
        Assert.Contains("epoch_20.pth is missing", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Crops_are_made_from_the_68_points_of_the_meshes()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var reconstructor = new BfmReconstructor(new Deep3DNetwork(), TinyFaceModel.Random());
        var frames = rand(2, 3, 64, 64);
        var meshes = new FaceMeshes(10 + (40 * rand(2, FaceMesh.PointCount, 3)), [0.5f, 0], [new FaceCrop(0, default, 1, 0, 1), null], [null, null]);
        var landmarks = Landmarks68.FromMesh(meshes.FromPixelCentres())[0].to(ScalarType.Float64).contiguous().data<double>().ToArray();
        var face = new FacePoints([.. landmarks.Chunk(3).Select(point => (point[0], point[1]))], 0.5);

        var (expected, found) = (reconstructor.Reconstruct(frames, [face, null]), reconstructor.Fit(frames, meshes));

        foreach (var (one, other) in expected.Tensors.Zip(found.Tensors)) TensorAssert.Close(one, other, 1e-6);
    }

    private static FaceMeshes None(int count) => new(zeros(count, FaceMesh.PointCount, 3), new float[count], new FaceCrop?[count], new DetectedFace?[count]);

    private static BfmReconstructor Tiny() => new(new Deep3DNetwork(), TinyFaceModel.Random());

    private string Combined()
    {
        var model = oracle.PathOf("BFM", "BFM_model_front.mat");
        Directory.CreateDirectory(oracle.PathOf("BFM"));
        File.Copy(oracle.PathOf("whole", "BFM_model_front.mat"), model, overwrite: true);
        return oracle.Folder;
    }
}
