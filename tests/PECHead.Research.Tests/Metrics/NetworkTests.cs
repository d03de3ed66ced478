using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>What does not need another implementation: sizes, refusals, nothing left behind.</summary>
public sealed class NetworkTests
{
    [Fact]
    public void A_network_of_100_layers_is_told_by_its_weights()
    {
        using var network = IdentityFeatures.Untrained(100);
        var state = network.state_dict();

        Assert.Equal(65_156_160, network.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal([256L, 256, 3, 3], state["layer3.29.conv2.weight"].shape);
        Assert.Equal([512L, 25088], state["fc.weight"].shape);
        using var loaded = IdentityFeatures.FromStateDict(state);
        Assert.Equal(state.Keys, loaded.state_dict().Keys);
        Assert.All(loaded.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Fact]
    public void A_network_is_filled_entirely_or_not_at_all()
    {
        using var scope = NewDisposeScope();
        using var network = IdentityFeatures.Untrained(50);
        var state = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value);
        state.Remove("bn1.num_batches_tracked");   // old files have no counters
        using (IdentityFeatures.FromStateDict(state))
        {
        }
        state.Remove("bn2.weight");
        state["conv1.weight"] = zeros(64, 3, 7, 7);
        state["conv9.weight"] = zeros(1);

        string message = Assert.Throws<CheckpointFormatException>(() => IdentityFeatures.FromStateDict(state)).Message;

        Assert.Contains("ArcFace's residual network of 50 layers", message, StringComparison.Ordinal);
        Assert.Contains("'bn2.weight' is missing", message, StringComparison.Ordinal);
        Assert.Contains("'conv1.weight' is [64, 3, 7, 7] instead of [64, 3, 3, 3]", message, StringComparison.Ordinal);
        Assert.Contains("'conv9.weight' is unknown", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Torchvisions_own_inception_is_refused_for_its_thousand_classes()
    {
        using var scope = NewDisposeScope();
        using var network = InceptionFeatures.Untrained();
        var state = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value);
        state["fc.weight"] = zeros(1000, 2048);

        Assert.Throws<CheckpointFormatException>(() => InceptionFeatures.FromStateDict(state));
    }

    [Fact]
    public void Clips_that_are_too_short_are_refused_and_wide_ones_cropped()
    {
        using var scope = NewDisposeScope();
        using var network = VideoFeatures.Untrained();

        Assert.Throws<ArgumentException>(() => network.call(zeros([1, 9, 3, 32, 32])));
        Assert.Equal([1L, 400], network.call(rand([1, 10, 3, 20, 32])).shape);
    }

    [Fact]
    public void Features_leave_no_tensors_behind()
    {
        using var network = IdentityFeatures.Untrained(50);
        using var faces = rand(1, 3, 112, 112);
        using (network.call(faces))
        {
        }
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (network.call(faces))
            Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
