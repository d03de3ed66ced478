using System.Text.Json;
using System.Text.Json.Nodes;
using PECHead.Experiments.Tests.Notebooks;

namespace PECHead.Experiments.Tests;

/// <summary>Notebooks over this library: run from the command line, known to Jupyter, served on this machine only.</summary>
public sealed class NotebookCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_library_runs_in_a_notebook_and_its_unused_tensors_are_freed()
    {
        const string Megabytes = "System.Diagnostics.Process.GetCurrentProcess().WorkingSet64 >> 20";
        var path = Write(
            $"#r \"{ShippedNotebooks.Library}\"\nusing PECHead.Research.Interactive;\nusing PECHead.Research.Models;\nusing static TorchSharp.torch;\nNotebook.Start();\nvar size = 256;",
            "var model = PecHeadFactory.Create(PecHeadConfig.For(ModelSize.Tiny, AblationSettings.Kp), seed: 1); model.ImageSize > 0",
            $"var before = {Megabytes}; var big = randn(size, 1024, 1024); (({Megabytes}) - before) > size * 3",
            "big = randn(3);",
            $"System.Threading.Thread.Sleep(500); (({Megabytes}) - before) < size");
        var (code, output, error) = Program.Run("notebook", "run", path);
        Assert.True(code == 0, error);
        Assert.Contains("5 code cells ran", output, StringComparison.Ordinal);
        Assert.Equal(["True", "True", "True"], Values(path));
        Assert.Equal(0, Program.Run("notebook", "run", path, "--check", "--param", "size=200").ExitCode);
    }

    [Fact]
    public void A_failing_cell_and_a_difference_fail_the_command_and_leave_the_file()
    {
        var path = Write("var x = 1;", "throw new Exception(\"in the cell\");");
        var before = File.ReadAllText(path);
        var (code, _, error) = Program.Run("notebook", "run", path);
        Assert.Equal(1, code);
        Assert.Contains("cell 2 failed", error, StringComparison.Ordinal);
        Assert.Contains("in the cell", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(path));

        var other = Write("1 + 1");
        Assert.Equal(1, Program.Run("notebook", "run", other, "--check").ExitCode);
        Assert.Contains("--out", Program.Run("notebook", "run", other, "--param", "x=1").Error, StringComparison.Ordinal);
        Assert.Contains("no such notebook", Program.Run("notebook", "run", "nowhere.ipynb").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kernel_is_installed_where_jupyter_looks()
    {
        Assert.Equal(0, Program.Run("kernel", "install", "--prefix", _folder).ExitCode);
        var spec = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "share/jupyter/kernels/.net-csharp/kernel.json")))!;
        Assert.Equal("C#", (string?)spec["language"]);
        Assert.True(File.Exists((string?)spec["argv"]![2]));
        Assert.Equal(1, Program.Run("kernel", "install", "--user", "--prefix", _folder).ExitCode);
    }

    [Fact]
    public async Task Jupyter_is_served_to_this_machine_and_behind_a_token()
    {
        await using var server = await ServedNotebooks.Start(_folder, 18888, _folder);
        using var client = new HttpClient();
        for (var i = 0; i < 300 && !await Answers(client, server.Address); i++) await Task.Delay(100);
        using var kernels = JsonDocument.Parse(await client.GetStringAsync($"{server.Address}api/kernelspecs?token={server.Token}"));
        Assert.True(kernels.RootElement.GetProperty("kernelspecs").TryGetProperty(".net-csharp", out _));
        // The first client has a cookie by now.
        using var stranger = new HttpClient();
        using var refused = await stranger.GetAsync(new Uri($"{server.Address}api/kernelspecs"));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static async Task<bool> Answers(HttpClient client, string address)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"{address}api"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Values(string path)
        => JsonNode.Parse(File.ReadAllText(path))!["cells"]!.AsArray().SelectMany(cell => cell!["outputs"]!.AsArray()).Select(output => (string)output!["data"]!["text/plain"]![0]!);

    private string Write(params string[] cells)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.ipynb");
        File.WriteAllText(path, new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select((source, i) => (JsonNode)new JsonObject
            {
                ["cell_type"] = "code", ["id"] = $"cell-{i}", ["execution_count"] = null, ["outputs"] = new JsonArray(), ["source"] = source,
                ["metadata"] = i == 0 ? new JsonObject { ["tags"] = new JsonArray("parameters") } : [],
            })]),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        }.ToJsonString());
        return path;
    }
}
