using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using PECHead.Kernel.Notebooks;

namespace PECHead.Kernel.Tests.Notebooks;

/// <summary>Notebook files, and running them without Jupyter.</summary>
public sealed class NotebookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-kernel-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_fills_in_outputs_of_every_kind_and_a_second_run_agrees()
    {
        var path = Write(
            "var steps = 2; var name = \"a\"; var rate = 0.5f;", "for (var i = 0; i < steps; i++) Console.WriteLine($\"{name} {i * rate}\");\nvar bar = Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(Microsoft.DotNet.Interactive.KernelInvocationContext.Current, \"0\");",
            "bar.Update(\"done\"); new[] { new { A = 1, B = \"x\" } }", "\"iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAAElFTkSuQmCC\".DisplayAs(\"image/png\");");
        var notebook = Run(path);
        Assert.Equal([[], ["stream", "display_data"], ["execute_result"], ["display_data"]], notebook.Cells.Select(cell => cell.Outputs.Select(output => (string)output!["output_type"]!)));
        Assert.Equal("\"done\"", notebook.Cells[1].Outputs[1]!["data"]!["text/plain"]![0]!.ToJsonString());
        notebook.Write(path);
        Assert.Empty(NotebookCheck.Compare(NotebookFile.Read(path), Run(path)));

        var changed = NotebookFile.Read(path);
        NotebookParameters.Inject(changed, new Dictionary<string, string> { ["steps"] = "3", ["name"] = "b", ["rate"] = "2" });
        Assert.Null(NotebookRunner.Run(changed, _folder, null, default));
        Assert.Equal(["b 0\n", "b 2\n", "b 4\n"], changed.Cells[2].Outputs[0]!["text"]!.AsArray().Select(line => (string)line!));
        Assert.Equal(["injected-parameters"], changed.Cells[1].Tags);
        var difference = Assert.Single(NotebookCheck.Compare(NotebookFile.Read(path), changed));
        Assert.StartsWith("cell 2: ", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_of_another_size_and_a_lost_row_are_differences()
    {
        var path = Write("\"iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAAElFTkSuQmCC\".DisplayAs(\"image/png\");", "new[] { new { A = 1 }, new { A = 2 } }");
        Run(path).Write(path);
        var smaller = NotebookFile.Read(path);
        smaller.Cells[0].Outputs[0]!["data"]!["image/png"] = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAADCAIAAAA2iEnWAAAAAElFTkSuQmCC";
        smaller.Cells[1].Outputs[0]!["data"]!["text/html"] = "<table><tr><th>A</th></tr></table>";
        Assert.Equal(2, NotebookCheck.Compare(NotebookFile.Read(path), smaller).Count);
    }

    [Fact]
    public void A_run_stops_at_the_first_error_unless_it_is_meant()
    {
        var path = Write("1", "throw new Exception(\"boom\");", "2");
        var notebook = NotebookFile.Read(path);
        var failure = NotebookRunner.Run(notebook, _folder, null, default);
        Assert.Equal((2, "boom"), (failure!.Position, failure.Error.Message));
        Assert.Empty(notebook.Cells[2].Outputs);

        var meant = NotebookFile.Create();
        meant.Insert(0, NotebookCell.Code("a", "throw new Exception();", "raises-exception"));
        meant.Insert(1, NotebookCell.Code("b", "nonsense", "skip-execution"));
        Assert.Null(NotebookRunner.Run(meant, _folder, null, default));
        Assert.Equal("error", (string?)meant.Cells[0].Outputs[0]!["output_type"]);
        meant.Cells[0].Source = "1";
        Assert.Contains("raised none", NotebookRunner.Run(meant, _folder, null, default)!.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Which_number_of_a_table_is_the_best_and_which_is_missing_may_change()
    {
        const string Table = "\"| a | **1.5** | <u>2</u> | – |\".DisplayAs(\"text/plain\");";
        var path = Write(Table);
        Run(path).Write(path);
        var other = NotebookFile.Read(path);
        other.Cells[0].Source = Table.Replace("**1.5** | <u>2</u> | –", "<u>3</u> | 4 | 5", StringComparison.Ordinal);
        Assert.Null(NotebookRunner.Run(other, _folder, null, default));
        Assert.Empty(NotebookCheck.Compare(NotebookFile.Read(path), other));

        other.Cells[0].Source = Table.Replace("| a |", "| b |", StringComparison.Ordinal);
        Assert.Null(NotebookRunner.Run(other, _folder, null, default));
        Assert.Single(NotebookCheck.Compare(NotebookFile.Read(path), other));
    }

    [Fact]
    public void A_crash_is_the_failure_of_its_cell()
    {
        var failure = NotebookRunner.Run(NotebookFile.Read(Write("Environment.Exit(4);")), _folder, null, default);
        Assert.Equal("KernelDied", failure!.Error.Name);
    }

    [Fact]
    public void A_run_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Assert.ThrowsAny<OperationCanceledException>(() => NotebookRunner.Run(NotebookFile.Read(Write("while (true) ;")), _folder, null, cancellation.Token));
    }

    [Fact]
    public void A_parameter_that_does_not_exist_is_named_beside_those_that_do()
    {
        var notebook = NotebookFile.Read(Write("var steps = 1; var rate = 2;"));
        var error = Assert.Throws<NotebookException>(() => NotebookParameters.Inject(notebook, new Dictionary<string, string> { ["stesp"] = "1" }));
        Assert.Contains("no parameter stesp. It has: steps, rate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "not a notebook")]
    [InlineData("{\"nbformat\":3}", "format 4")]
    [InlineData("{\"nbformat\":\"x\"}", "format 4")]
    [InlineData("{\"nbformat\":4,\"cells\":[1]}", "no list of cells")]
    public void A_file_that_is_no_notebook_is_refused(string content, string message)
    {
        var path = Path.Combine(_folder, "bad.ipynb");
        File.WriteAllText(path, content);
        Assert.Contains(message, Assert.Throws<NotebookException>(() => NotebookFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_survives_writing_and_reading()
        => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var notebook = NotebookFile.Create();
            // A lone half of a character is no text that JSON can carry.
            var source = string.Concat(text.Get.EnumerateRunes()) + "😀\u2028\\ud83d\"\\";
            notebook.Insert(0, NotebookCell.Code("a", source));
            var path = Path.Combine(_folder, "any.ipynb");
            notebook.Write(path);
            return NotebookFile.Read(path).Cells[0].Source == source && File.ReadAllText(path).Contains("😀\u2028", StringComparison.Ordinal) && JsonNode.Parse(File.ReadAllText(path)) is not null;
        }));

    [Fact]
    public void What_is_not_known_survives()
    {
        var path = Write("1");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["metadata"]!["vscode"] = new JsonObject { ["x"] = 1 };
        json["cells"]![0]!["metadata"]!["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" };
        File.WriteAllText(path, json.ToJsonString());
        Run(path).Write(path);
        var written = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal(1, (int)written["metadata"]!["vscode"]!["x"]!);
        Assert.Equal("csharp", (string?)written["cells"]![0]!["metadata"]!["dotnet_interactive"]!["language"]);
    }

    private string Write(params string[] cells)
    {
        var notebook = NotebookFile.Create();
        for (var i = 0; i < cells.Length; i++) notebook.Insert(i, NotebookCell.Code($"cell-{i}", cells[i], i == 0 ? ["parameters"] : []));
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.ipynb");
        notebook.Write(path);
        return path;
    }

    private NotebookFile Run(string path)
    {
        var notebook = NotebookFile.Read(path);
        var failure = NotebookRunner.Run(notebook, _folder, null, default);
        Assert.True(failure is null, string.Join('\n', failure?.Error.Trace ?? []));
        return notebook;
    }
}
