using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Experiments.Tests;

/// <summary>What a user can hand to the program is refused in a line: nothing ends the process.</summary>
public sealed class DamagedRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pechead-damaged-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a dimension more")]
    [InlineData("a row less")]
    [InlineData("empty")]
    [InlineData("absent")]
    [InlineData("under another name")]
    public void Weights_of_another_shape_or_name_are_refused_by_name(string damage)
    {
        string file = Reference();
        Rewrite(file, weights =>
        {
            string name = weights.Keys.First(key => weights[key].ndim == 4);
            var weight = weights[name];
            weights.Remove(name);
            if (damage != "absent") weights[damage == "under another name" ? name + ".other" : name] = damage switch
            {
                "a dimension more" => weight.unsqueeze(0),
                "a row less" => weight.narrow(0, 1, weight.size(0) - 1),
                "empty" => weight.narrow(0, 0, 0),
                _ => weight,
            };
        });

        AssertRefused("checkpoint.safetensors");
    }

    [Theory]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.Float64)]
    public void Weights_of_another_type_end_in_an_error_of_one_line(ScalarType type)
    {
        string file = Reference();
        Rewrite(file, weights =>
        {
            foreach (string name in weights.Keys.ToList()) weights[name] = weights[name].to(type);
        });

        AssertRefused("nowhere.png");
    }

    [Fact]
    public void A_file_that_is_cut_off_is_refused()
    {
        string file = Reference();
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);

        AssertRefused("checkpoint.safetensors");
    }

    private string Run => _folder.FullName;

    private string Reference()
    {
        string file = Path.Combine(Run, "checkpoint.safetensors");
        File.Copy(Path.Combine(NpmPackages.Data, "..", "ablations", "reference", "kp", "checkpoint.safetensors"), file);
        return file;
    }

    private static void Rewrite(string file, Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, string> metadata;
        using (var stored = SafetensorsFile.Open(file)) metadata = new(stored.Metadata);
        var weights = StateDict.Load(file);
        change(weights);
        StateDict.Save(file, weights, metadata);
    }

    private void AssertRefused(string word)
    {
        var picture = Path.Combine(Run, "nowhere.png");
        ImageFile.WritePng(picture, new RgbImage(64, 64));
        var (code, _, error) = Program.Run("animate", "--model", Run, "--source", picture, "--driving", picture, "--out", Path.Combine(Run, "out.mp4"), "--data", NpmPackages.Data);
        Assert.Equal(1, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        if (NpmPackages.Missing is null || word != "nowhere.png") Assert.Contains(word, error, StringComparison.Ordinal);
    }
}
