using PECHead.Research.Checkpoints;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

[Collection(AloneCollection.Name)]
public sealed class RandomStateTests
{
    [Fact]
    public void A_state_repeats_the_numbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        rand(5);
        var state = random.get_rng_state();
        var expected = rand(5);

        RandomState.Restore(state, "run");

        TensorAssert.Close(expected, rand(5), 0);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("zeros")]
    [InlineData("float32")]
    [InlineData("matrix")]
    [InlineData("left")]
    public void A_damaged_state_is_refused_instead_of_ending_the_process(string damage)
    {
        using var scope = NewDisposeScope();
        var whole = random.get_rng_state();
        var spoilt = damage switch
        {
            "short" => whole.narrow(0, 0, 3),
            "zeros" => zeros_like(whole),
            "float32" => whole.to(ScalarType.Float32),
            "matrix" => whole.unsqueeze(0),
            _ => whole.index_fill(0, tensor(new long[] { 8, 9, 10, 11 }), 255),
        };

        var error = Assert.Throws<CheckpointFormatException>(() => RandomState.Restore(spoilt, "run/checkpoint.safetensors"));

        Assert.Contains("run/checkpoint.safetensors", error.Message, StringComparison.Ordinal);
    }
}
