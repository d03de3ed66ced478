using PECHead.Research.Checkpoints;
using PECHead.Research.Losses;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Losses;

[Collection(OracleTests.Name)]
public sealed class Vgg19FeaturesTests(OracleFixture oracles)
{
    [OracleFact]
    public void Forward_GivesTorchvisionsActivationsAndPyramidLoss()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = oracles.Load("vgg19");
        var features = Vgg19Features.FromStateDict(expected.Under("state."));
        using var loss = new PyramidPerceptualLoss(features);

        var taps = features.call(expected["in.generated"]);
        double value = loss.call(expected["in.generated"], expected["in.driving"]).ToDouble();

        Assert.Equal(5, taps.Count);
        for (int i = 0; i < taps.Count; i++)
        {
            double scale = expected[$"out.{i}"].abs().max().ToDouble();
            Assert.True(scale > 0.1);
            TensorAssert.Close(expected[$"out.{i}"] / scale, taps[i] / scale, 1e-5, $"relu{i + 1}_1");
        }
        Assert.Equal(1, value / expected["out.loss"].ToDouble(), 5);
        Assert.Contains("VGG19", loss.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void FromStateDict_FreezesTheWeights()
    {
        using var scope = NewDisposeScope();
        using var features = Vgg19Features.FromStateDict(Weights());

        Assert.Equal(26, features.named_parameters().Count());
        Assert.All(features.named_parameters(), p => Assert.False(p.Item2.requires_grad, p.Item1));
        Assert.False(features.training);
    }

    [Fact]
    public void FromStateDict_WithAMissingAForeignAndAMisshapenEntry_NamesAllThree()
    {
        using var scope = NewDisposeScope();
        var weights = Weights();
        weights.Remove("features.28.bias");
        weights["features.0.weight"] = zeros(64, 1, 3, 3);
        weights["head.weight"] = zeros(1);

        string message = Assert.Throws<CheckpointFormatException>(() => Vgg19Features.FromStateDict(weights)).Message;

        Assert.Contains("'features.28.bias' is missing", message, StringComparison.Ordinal);
        Assert.Contains("'head.weight' is unknown", message, StringComparison.Ordinal);
        Assert.Contains("'features.0.weight' is [64, 1, 3, 3] instead of [64, 3, 3, 3]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromStateDict_AcceptsTheRestOfTheNetwork()
    {
        using var scope = NewDisposeScope();
        var weights = Weights();
        weights["features.34.weight"] = zeros(512, 512, 3, 3);
        weights["classifier.6.bias"] = zeros(1000);

        Vgg19Features.FromStateDict(weights).Dispose();
    }

    // Numbers and channels of torchvision's convolutions up to relu5_1.
    internal static Dictionary<string, Tensor> Weights()
    {
        (int Index, long In, long Out)[] layers =
        [
            (0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256), (14, 256, 256), (16, 256, 256),
            (19, 256, 512), (21, 512, 512), (23, 512, 512), (25, 512, 512), (28, 512, 512),
        ];
        return layers
            .SelectMany(layer => new[]
            {
                ($"features.{layer.Index}.weight", zeros(layer.Out, layer.In, 3, 3)), ($"features.{layer.Index}.bias", zeros(layer.Out)),
            })
            .ToDictionary(entry => entry.Item1, entry => entry.Item2);
    }
}
