using PECHead.Research.Checkpoints;
using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Tests.Checkpoints;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel.Basel;

[Collection(BaselTests.Name)]
public sealed class Deep3DNetworkTests(BaselOracle oracle)
{
    [OracleFact]
    public void The_network_gives_torchvisions_features_and_answers()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = oracle.Load("network");
        using var network = Deep3DNetwork.Load(oracle.PathOf("epoch_20.pth"));
        var backbone = (ResNet50)network.named_children().Single(child => child.name == "backbone").module;

        var features = backbone.call(expected["images"]);
        var answers = network.call(expected["images"]);

        Assert.True(expected["features"].std().ToDouble() > 0.1);
        TensorAssert.Close(expected["features"], features.flatten(1), 1e-4, "features");
        TensorAssert.Close(expected["answers"], answers, 1e-4, "answers");
        Assert.False(network.training);
        Assert.All(network.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Fact]
    public void A_fresh_network_answers_zero_and_leaves_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new Deep3DNetwork();
        network.eval();
        var image = rand(1, 3, 224, 224);
        int before = scope.DisposablesCount;

        var answers = network.call(image);

        Assert.Equal(1, scope.DisposablesCount - before);
        TensorAssert.Close(zeros(1, 257), answers, 0);
        Assert.Throws<ArgumentException>(() => network.call(zeros(1, 3, 256, 256)));
    }

    [Fact]
    public void The_state_has_the_names_of_the_published_file()
    {
        using var network = new Deep3DNetwork();
        var state = network.state_dict();

        Assert.Equal(318 + 14, state.Count);   // torchvision's resnet50 has 320 entries, two of them the classifier's
        Assert.Equal([2048L, 1024, 1, 1], state["backbone.layer4.0.downsample.0.weight"].shape);
        Assert.Equal([256L, 256, 3, 3], state["backbone.layer3.5.conv2.weight"].shape);
        Assert.Equal([27L, 2048, 1, 1], state["final_layers.4.weight"].shape);
        Assert.Equal(Deep3DCoefficients.Size, Deep3DCoefficients.HeadSizes.Sum());
    }

    [Fact]
    public void Other_weights_are_refused_with_the_differences()
    {
        using var file = new TemporaryFile();
        StateDict.Save(file.Path, new Dictionary<string, Tensor> { ["a"] = zeros(1) });
        Assert.Contains("net_recon", Assert.Throws<CheckpointFormatException>(() => Deep3DNetwork.Load(file.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Deep3DNetwork.Load(file.Path + ".none"));
    }

    [Fact]
    public void An_answer_comes_apart_in_the_published_order()
    {
        using var scope = NewDisposeScope();
        var parts = Deep3DCoefficients.Split(arange(257).to(ScalarType.Float32).unsqueeze(0));

        Assert.Equal(80, parts.Expression[0][0].ToDouble());
        Assert.Equal(144, parts.Texture[0][0].ToDouble());
        Assert.Equal(224, parts.Angles[0][0].ToDouble());
        Assert.Equal(227, parts.Light[0][0].ToDouble());
        Assert.Equal(256, parts.Translation[0][2].ToDouble());
    }
}
