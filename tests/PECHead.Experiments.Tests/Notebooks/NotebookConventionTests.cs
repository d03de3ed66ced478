using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>What holds for every notebook as it is committed.</summary>
public sealed partial class NotebookConventionTests
{
    private const int LargestFile = 1_000_000;

    public static TheoryData<string> Names { get; } = [.. ShippedNotebooks.Names];

    [Fact]
    public void There_are_ten_and_the_index_names_each_with_a_picture()
    {
        Assert.Equal(10, ShippedNotebooks.Names.Count);
        var index = File.ReadAllText(Path.Combine(ShippedNotebooks.Folder, "README.md"));
        Assert.All(ShippedNotebooks.Names, name => Assert.Contains($"]({name})", index, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_written_as_the_kernel_would_save_it(string name)
    {
        var notebook = Read(name);
        Assert.Equal(".net-csharp", (string?)notebook["metadata"]!["kernelspec"]!["name"]);
        Assert.True(JsonNode.DeepEquals(PECHead.Kernel.Notebooks.NotebookMetadata.LanguageInfo(), notebook["metadata"]!["language_info"]));
        var ids = Cells(name).Select(cell => (string)cell["id"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_first_cell_imports_the_library_and_its_second_holds_the_parameters(string name)
    {
        var code = Code(name).ToList();
        Assert.StartsWith("#r \"../artifacts/bin/PECHead.Research.Interactive/release/PECHead.Research.Interactive.dll\"\n", code[0].Source, StringComparison.Ordinal);
        Assert.Equal([1], code.Index().Where(cell => cell.Item.Tags.Contains("parameters")).Select(cell => cell.Index));
        Assert.Single(code, cell => cell.Tags.Contains("thumbnail"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_declares_no_type_and_its_cells_are_short(string name)
        => Assert.All(Code(name), cell =>
        {
            Assert.DoesNotMatch(TypeDeclaration(), cell.Source);
            Assert.InRange(cell.Source.Split('\n').Length, 1, 20);
        });

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_small_and_knows_no_machine(string name)
    {
        var text = File.ReadAllText(ShippedNotebooks.At(name));
        Assert.InRange(text.Length, 1, LargestFile);
        Assert.DoesNotMatch(Machine(), text);
        // What .NET Interactive puts around values belongs to a page, not to a file.
        Assert.DoesNotContain("dni-code-hint {", text, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet-interactive-this-cell", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_links_lead_somewhere(string name)
        => Assert.All(
            Cells(name).Where(cell => (string?)cell["cell_type"] == "markdown").SelectMany(cell => Link().Matches(Source(cell))).Select(link => link.Groups[1].Value),
            link => Assert.True(File.Exists(Path.Combine(ShippedNotebooks.Folder, link)), $"{name}: {link}"));

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(ShippedNotebooks.At(name)))!;

    private static IEnumerable<JsonNode> Cells(string name) => Read(name)["cells"]!.AsArray().Select(cell => cell!);

    private static IEnumerable<(string Source, string[] Tags)> Code(string name) => Cells(name).Where(cell => (string?)cell["cell_type"] == "code")
        .Select(cell => (Source(cell), cell["metadata"]!["tags"]?.AsArray().Select(tag => (string)tag!).ToArray() ?? []));

    private static string Source(JsonNode cell) => string.Concat(cell["source"]!.AsArray().Select(line => (string?)line));

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+\w+\s*[({:]")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"/(home|root|work|tmp)/\w")]
    private static partial Regex Machine();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)")]
    private static partial Regex Link();
}
