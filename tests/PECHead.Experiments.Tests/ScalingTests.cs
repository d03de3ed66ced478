namespace PECHead.Experiments.Tests;

/// <summary>The prediction of how training scales, as a user asks for it.</summary>
public sealed class ScalingTests
{
    [Fact]
    public void The_prediction_stands_below_its_assumptions()
    {
        var (code, output, error) = Program.Run("scaling", "--gradients", "400", "--compute", "0.5", "--bandwidth", "10", "--latency", "2", "--ranks", "1", "8");
        Assert.True(code == 0, error);
        Assert.Contains("a step of one rank: 0.5 s", output, StringComparison.Ordinal);
        Assert.Contains("gradients: 400.0 MB in messages of 16.8 MB", output, StringComparison.Ordinal);
        // 24 messages: 70 ms of 400 MB around the ring, and 14 times 2 µs for each.
        var rows = output.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1]).Skip(1).ToList();
        Assert.Equal(["1", "0.500", "0.0", "0.0", "100.0 %", "1.0"], rows[0]);
        Assert.Equal(["8", "0.571", "70.7", "0.0", "87.6 %", "7.0"], rows[1]);
    }

    [Theory]
    [InlineData("scaling --ranks 0", "--ranks takes whole numbers of at least 1.")]
    [InlineData("scaling --staging-latency 3", "--staging-latency goes with --staging")]
    [InlineData("scaling --overlap 2", "--overlap takes a number from 0 to 1, not 2.")]
    public void An_error_says_what_to_do(string command, string message)
    {
        var (code, _, error) = Program.Run(command.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
