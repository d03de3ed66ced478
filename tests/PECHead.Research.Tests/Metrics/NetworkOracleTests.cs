using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics;
using PECHead.Research.Metrics.Networks;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>Names, shapes and features against torchvision, or against the published table written down once more in PyTorch.</summary>
public sealed class NetworkOracleTests(MetricOracles oracles) : IClassFixture<MetricOracles>
{
    private const double Relative = 1e-4;

    [OracleFact]
    public void The_frechet_distance_is_that_of_scipys_matrix_root()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("frechet");
        GaussianStatistics a = new(24), b = new(24);
        a.Update(expected["in.a"].narrow(0, 0, 33));
        a.Update(expected["in.a"].narrow(0, 33, 67));
        b.Update(expected["in.b"]);

        Assert.True((a.Covariance() - expected["covariance"]).abs().max().ToDouble() < 1e-10);
        Assert.Equal(expected["value"].ToDouble(), FrechetDistance.Between(a, b).Value, 1e-9 * expected["value"].ToDouble());
    }

    [OracleFact]
    public void Inception_gives_the_features_of_torchvisions_with_the_pools_of_pytorch_fid()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("inception");
        using var network = InceptionFeatures.FromStateDict(MetricOracles.Weights(expected));
        AssertNear(expected["out"], network.call(MetricOracles.Draw("frames", 2, 3, 128, 128).sigmoid()));
    }

    [OracleFact]
    public void I3d_gives_the_logits_of_the_published_table()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("video");
        using var network = VideoFeatures.FromStateDict(MetricOracles.Weights(expected));
        AssertNear(expected["out"], network.Classify(MetricOracles.Draw("clips", 1, 3, 11, 61, 64).tanh()));
    }

    [OracleFact]
    public void ArcFace_gives_the_embedding_of_the_published_network()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("identity");
        using var network = IdentityFeatures.FromStateDict(MetricOracles.Weights(expected));
        AssertNear(expected["out"], network.call(MetricOracles.Draw("faces", 2, 3, 112, 112).sigmoid()));
    }

    [OracleFact]
    public void OpenFace_gives_the_embedding_of_the_printed_layers()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("openface");
        using var network = OpenFaceFeatures.FromStateDict(MetricOracles.Weights(expected));
        AssertNear(expected["out"], network.call(MetricOracles.Draw("faces", 2, 3, 96, 96).sigmoid()), spread: 0.01);
    }

    [OracleTheory]
    [InlineData(PerceptualNetwork.AlexNet, "LPIPS[alex]", 5)]
    [InlineData(PerceptualNetwork.Vgg16, "LPIPS[vgg16]", 5)]
    [InlineData(PerceptualNetwork.SqueezeNet, "LPIPS[squeeze]", 7)]
    public void Lpips_is_the_formula_on_torchvisions_features(PerceptualNetwork network, string name, int layers)
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load($"lpips_{network}");
        // torchvision's file has the prefix, and a classifier that LPIPS does not need.
        var backbone = MetricOracles.Weights(expected).ToDictionary(entry => $"features.{entry.Key}", entry => entry.Value);
        backbone["classifier.1.weight"] = zeros(1);
        using var metric = PerceptualDistance.FromStateDicts(network, backbone, Linear(network));
        Tensor x = MetricOracles.Draw("generated", 2, 3, 72, 80).sigmoid(), y = MetricOracles.Draw("driving", 2, 3, 72, 80).sigmoid();

        Assert.Equal(name, metric.Name);
        Assert.Equal(layers, Linear(network).Count);
        for (int frame = 0; frame < 2; frame++)
        {
            metric.Reset();
            metric.Update(x.narrow(0, frame, 1), y.narrow(0, frame, 1));
            Assert.Equal(1, metric.Compute() / expected["out"][frame].ToDouble(), Relative);
        }
        metric.Reset();
        metric.Update(x, x);
        Assert.Equal(0, metric.Compute());
        var negative = Linear(network);
        negative["lin2.model.1.weight"] = -negative["lin2.model.1.weight"];
        Assert.Throws<CheckpointFormatException>(() => PerceptualDistance.FromStateDicts(network, backbone, negative));
    }

    private static Dictionary<string, Tensor> Linear(PerceptualNetwork network) => PerceptualBackbone.Create(network).Widths.Index().ToDictionary(
        layer => $"lin{layer.Index}.model.1.weight",
        layer => MetricOracles.Draw($"lin{layer.Index}.model.1.weight", 1, layer.Item, 1, 1).abs());

    private static void AssertNear(Tensor expected, Tensor actual, double spread = 0.1)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.std().ToDouble() > spread, "the features are dead");
        Assert.InRange((expected - actual).abs().max().ToDouble() / expected.abs().max().ToDouble(), 0, Relative);
    }
}
