using System.Globalization;
using System.Text.Json;

namespace PECHead.Experiments.Tests;

public sealed class ProfileTests : IDisposable
{
    private readonly string _trace = Path.Combine(Path.GetTempPath(), $"pechead-profile-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_trace);

    [Fact]
    public void Another_model_is_profiled_at_its_published_size()
    {
        var (code, output, error) = Program.Run("profile", "--model", "codebook", "--frames", "1", "--threads", "2", "--trace", _trace);

        Assert.True(code == 0, error);
        var rows = output.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1]).ToDictionary(row => row[0]);
        Assert.Contains("net_g.appearance", rows.Keys);
        // The last convolution of the decoder alone has 64 · 3 · 9 products at each of 256² pixels.
        Assert.InRange(double.Parse(rows["frame"][1], CultureInfo.InvariantCulture), 10, 1000);
    }

    [Fact]
    public void Every_part_of_a_frame_has_its_row_and_its_span_and_the_rows_add_up_to_the_frame()
    {
        var (code, output, error) = Program.Run("profile", "--model", "full", "--size", "64", "--frames", "2", "--trace", _trace);

        Assert.True(code == 0, error);
        var rows = output.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1]).Skip(1).ToList();
        Assert.Contains(rows, row => row[0] == "landmarks.motion");
        Assert.Contains(rows, row => row[0] == "generator.up");
        double Column(string[] row, int column) => double.Parse(row[column], CultureInfo.InvariantCulture);
        Assert.Equal("frame", rows[^1][0]);
        Assert.Equal(rows[..^1].Sum(row => Column(row, 3)), Column(rows[^1], 3), Column(rows[^1], 3) * 0.02);
        Assert.InRange(Column(rows[^1], 1), 0.1, 10);
        Assert.Contains("GMAC/s in convolutions", output, StringComparison.Ordinal);

        var events = JsonDocument.Parse(File.ReadAllText(_trace)).RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        var frame = events.Single(one => one.GetProperty("name").GetString() == "generate");
        var head = events.Single(one => one.GetProperty("name").GetString() == "generator.final");
        Assert.InRange(head.GetProperty("ts").GetDouble(), frame.GetProperty("ts").GetDouble(), frame.GetProperty("ts").GetDouble() + frame.GetProperty("dur").GetDouble());
    }

    [Fact]
    public void A_training_step_has_its_modules_and_the_rest_and_a_config_brings_its_own_setting()
    {
        var config = Path.ChangeExtension(_trace, ".yaml");
        File.WriteAllText(config, "setting: {base: full, id: full-slim, propagation: slim_context}");
        try
        {
            var (code, output, error) = Program.Run("profile", "--config", config, "--size", "64", "--frames", "1", "--batch", "2", "--depth", "1", "--train", "--trace", _trace);
            Assert.True(code == 0, error);
            var rows = output.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1]).Skip(1).ToDictionary(row => row[0]);
            Assert.Contains("propagation", rows.Keys);
            double Products(string row) => double.Parse(rows[row][1], CultureInfo.InvariantCulture);
            Assert.Equal(Products("step"), 3 * (Products("step") - Products("losses, backward, update")), Products("step") * 0.01);
        }
        finally
        {
            File.Delete(config);
        }
    }
}
