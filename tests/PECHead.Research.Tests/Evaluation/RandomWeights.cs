using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics.Networks;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

/// <summary>A folder with files of random weights under the names and with the shapes of the published ones.</summary>
public sealed class RandomWeights : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RandomWeights()
    {
        Write(StandardWeights.Inception, InceptionFeatures.Untrained());
        Write(StandardWeights.Video, VideoFeatures.Untrained());
        Write(StandardWeights.ArcFace50, IdentityFeatures.Untrained(50));
        Write(StandardWeights.OpenFace, OpenFaceFeatures.Untrained());
        using var scope = NewDisposeScope();
        using var backbone = PerceptualBackbone.Create(PerceptualNetwork.SqueezeNet);
        StateDict.Save(PathOf(StandardWeights.SqueezeNet), backbone.state_dict().ToDictionary(entry => $"features.{entry.Key}", entry => entry.Value));
        StateDict.Save(
            PathOf(StandardWeights.Linear(PerceptualNetwork.SqueezeNet)), backbone.Widths.Index().ToDictionary(layer => $"lin{layer.Index}.model.1.weight", layer => rand(1, layer.Item, 1, 1)));
    }

    public WeightFolder Folder => new(_folder.Root);

    /// <summary>The names of the metrics that the files enable.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["FID", "FVD", "LPIPS[squeeze]", "CSIM", "AED"];

    // A published name stands for a published hash, which random weights do not have.
    public string PathOf(PublishedWeights weights) => _folder[weights.Files[0].Sha256 is null ? weights.Files[0].Name : $"{weights.Id}.safetensors"];

    public void Dispose() => _folder.Dispose();

    private void Write(PublishedWeights weights, nn.Module network)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        // Fresh convolutions halve a signal; after forty of them nothing would be left to measure.
        foreach (var kernel in network.parameters().Where(parameter => parameter.ndim > 2)) kernel.mul_(Math.Sqrt(6));
        using (network) StateDict.Save(PathOf(weights), network.state_dict());
    }
}
