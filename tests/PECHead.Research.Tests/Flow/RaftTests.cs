using PECHead.Research.Checkpoints;
using PECHead.Research.Flow;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Flow;

/// <summary>RAFT against torchvision's, with the same random weights, and against the authors' table of names.</summary>
[Collection(OracleTests.Name)]
public sealed class RaftTests(OracleFixture oracles)
{
    [OracleFact]
    public void The_flow_is_torchvisions()
    {
        using var scope = NewDisposeScope();
        var oracle = oracles.Load("raft");
        using var network = Raft.FromStateDict(oracle.Under("state."), iterations: 3);

        var flow = network.Estimate(oracle["in.current"], oracle["in.previous"]);

        var expected = oracle["flow"].permute(0, 2, 3, 1);
        TensorAssert.Close(expected, flow, 1e-3 * expected.abs().max().ToDouble());      // float32 over three iterations
    }

    [Fact]
    public void Names_and_shapes_are_those_of_the_authors_files()
    {
        using var network = new Raft();

        Assert.Equal(RaftNames.All.Order(), network.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]").Order());
        Assert.Equal(5_257_536, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Weights_of_something_else_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var network = new Raft();
        var weights = network.state_dict();
        weights.Remove("fnet.conv1.weight");
        weights["cnet.conv2.bias"] = zeros(3);
        weights["other"] = zeros(1);

        string message = Assert.Throws<CheckpointFormatException>(() => Raft.FromStateDict(weights)).Message;

        Assert.Contains("'fnet.conv1.weight' is missing", message, StringComparison.Ordinal);
        Assert.Contains("'other' is unknown", message, StringComparison.Ordinal);
        Assert.Contains("'cnet.conv2.bias' is [3] instead of [256]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_parameter_takes_part()
    {
        using var scope = NewDisposeScope();
        using var network = new Raft(iterations: 2);
        network.train();

        network.call(rand(1, 3, 128, 128), rand(1, 3, 128, 128)).square().sum().backward();

        // A bias before a norm over the same channels cancels out; in float32 up to rounding only.
        Assert.All(network.named_parameters(), entry => Assert.True(TensorAssert.IsFinite(entry.parameter.grad!), entry.name));
        Assert.All(
            network.named_parameters().Where(entry => entry.name.EndsWith("weight", StringComparison.Ordinal)),
            entry => Assert.True(entry.parameter.grad!.abs().sum().ToDouble() > 0, entry.name));
    }

    [Fact]
    public void Frames_of_any_sides_from_128_px_on_are_padded_and_smaller_ones_refused()
    {
        using var scope = NewDisposeScope();
        using var network = new Raft(iterations: 1);
        network.eval();

        TensorAssert.Shape(network.Estimate(rand(1, 3, 130, 129), rand(1, 3, 130, 129)), 1, 130, 129, 2);
        Assert.Contains("128 px", Assert.Throws<ArgumentException>(() => network.Estimate(rand(1, 3, 64, 64), rand(1, 3, 64, 64))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => network.Estimate(rand(1, 3, 128, 128), rand(1, 3, 128, 136)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Raft(iterations: 0));
    }

    [Fact]
    public void Live_tensors_stay_as_many_as_they_were()
    {
        using var network = new Raft(iterations: 2);
        network.eval();
        long before = 0;
        for (int i = 0; i < 3; i++)
        {
            using (NewDisposeScope())
                network.Estimate(rand(1, 3, 128, 128), rand(1, 3, 128, 128));
            if (i == 0)
                before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
