using System.Security.Cryptography;
using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics.Networks;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Checkpoints;

public sealed class WeightFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_found_in_a_subfolder_and_verified_by_its_hash()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "hub")).FullName, "Net.PTH");
        StateDict.Save(path, new Dictionary<string, Tensor> { ["weight"] = arange(4, ScalarType.Float32) });
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        var folder = new WeightFolder(_folder);

        Assert.Equal(WeightIdentity.Verified, folder.Find(Weights(hash[..8]))!.Identity);
        Assert.Equal(WeightIdentity.Unpublished, folder.Find(Weights(null))!.Identity);
        Assert.Equal(4, folder.Load(Weights(hash[..8]))["weight"].numel());
        Assert.Equal(WeightIdentity.Different, folder.Find(Weights("00000000"))!.Identity);
        var refused = Assert.Throws<CheckpointFormatException>(() => folder.Load(Weights("00000000")));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_absent_says_where_to_get_it()
    {
        Assert.Null(new WeightFolder(null).Find(StandardWeights.Inception));
        Assert.Null(new WeightFolder(Path.Combine(_folder, "nowhere")).Find(StandardWeights.Inception));
        var error = Assert.Throws<FileNotFoundException>(() => new WeightFolder(_folder).Load(StandardWeights.Inception));
        Assert.Contains("pytorch-fid", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_weights_have_names_of_their_own_and_plausible_hashes()
    {
        Assert.Equal(StandardWeights.All.Count, StandardWeights.All.Select(weights => weights.Id).Distinct().Count());
        Assert.All(StandardWeights.All.SelectMany(weights => weights.Files), file => Assert.True(
            file.Sha256 is null || file.Name.Contains(file.Sha256, StringComparison.Ordinal), file.Name));
    }

    [Fact]
    public void Networks_are_built_from_the_folder()
    {
        using var scope = NewDisposeScope();
        using var network = IdentityFeatures.Untrained(50);
        StateDict.Save(Path.Combine(_folder, "arcface_r50.pth"), network.state_dict());

        using var loaded = new WeightFolder(_folder).Build(StandardWeights.ArcFace50, IdentityFeatures.FromStateDict);

        Assert.True(loaded.state_dict()["layer4.2.conv2.weight"].allclose(network.state_dict()["layer4.2.conv2.weight"]));
    }

    private static PublishedWeights Weights(string? hash) => new("net", "a network", "tests", "nowhere", 1, [new("net.pth", hash)]);
}
