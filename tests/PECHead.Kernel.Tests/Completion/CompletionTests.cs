using PECHead.Kernel.Completion;

namespace PECHead.Kernel.Tests.Completion;

/// <summary>Help while typing.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("words.", "Add", "Count", "Select")]
    [InlineData("words.Cou", "Count")]
    [InlineData("System.IO.", "Path", "File")]
    [InlineData("Math.", "Max", "PI")]
    [InlineData("Consol", "Console")]
    [InlineData("wor", "words")]
    [InlineData("var s = \"😀é\"; words.Ad", "Add")]
    [InlineData("words?.", "Add")]
    [InlineData("words.Select(w => w.", "Length", "Substring")]
    [InlineData("disp", "display")]
    [InlineData("awa", "await")]
    [InlineData("#r \"System.Net.Http\"\nwords.", "Add")]
    public void Names_that_fit_are_offered(string code, params string[] names)
    {
        _notebook.Do("var words = new List<string>();");
        var list = _notebook.Session.Complete(code, code.Length);
        Assert.All(names, name => Assert.Contains(name, list.Items.Select(item => item.Text)));
        Assert.DoesNotContain("ConsolePal", list.Items.Select(item => item.Text));
        Assert.Equal(code.Length, list.End);
        Assert.All(list.Items, item => Assert.StartsWith(code[list.Start..list.End], item.Text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Static_and_instance_members_are_told_apart()
    {
        _notebook.Do("var words = new List<string>();");
        Assert.DoesNotContain("Max", _notebook.Session.Complete("\"\".Sub", 6).Items.Select(item => item.Text));
        Assert.DoesNotContain("Length", _notebook.Session.Complete("string.", 7).Items.Select(item => item.Text));
    }

    [Theory]
    [InlineData("// words.")]
    [InlineData("\"words.")]
    [InlineData("")]
    [InlineData("(((")]
    [InlineData("nothing.")]
    public void Anything_may_be_asked(string code)
        => Assert.True(_notebook.Session.Complete(code, code.Length).Start <= code.Length);

    [Fact]
    public void A_name_is_explained_by_signature_and_documentation()
    {
        _notebook.Do("/// <summary>Doubles it.</summary>\nint Twice(int x) => 2 * x; var text = \"\";");
        Assert.Contains("int Twice(int x)", _notebook.Session.Inspect("Twice(3)", 2), StringComparison.Ordinal);
        Assert.Contains("Doubles it.", _notebook.Session.Inspect("Twice(3)", 5), StringComparison.Ordinal);
        var substring = _notebook.Session.Inspect("text.Substring(1)", 8);
        Assert.Contains("string.Substring(int startIndex)", substring, StringComparison.Ordinal);
        Assert.Contains("Retrieves a substring", substring, StringComparison.Ordinal);
        Assert.Contains("Math.Max", _notebook.Session.Inspect("Math.Max(1, ", 12), StringComparison.Ordinal);
        Assert.Null(_notebook.Session.Inspect("   ", 1));
    }

    [Theory]
    [InlineData("1 + 1", Completeness.Complete)]
    [InlineData("var x = 1;", Completeness.Complete)]
    [InlineData("if (true) {", Completeness.Incomplete)]
    [InlineData("var x = ", Completeness.Incomplete)]
    [InlineData("Console.WriteLine(", Completeness.Incomplete)]
    [InlineData("var x = );", Completeness.Invalid)]
    [InlineData("}", Completeness.Invalid)]
    public void A_console_knows_whether_more_has_to_come(string code, Completeness expected)
        => Assert.Equal(expected, KernelSession.IsComplete(code));

    [Theory]
    [InlineData("a😀b", 2, 3)]
    [InlineData("abc", 2, 2)]
    [InlineData("😀😀", 9, 4)]
    public void Characters_are_not_units(string code, int characters, int units)
    {
        Assert.Equal(units, CursorPosition.ToUnits(code, characters));
        Assert.Equal(Math.Min(characters, code.EnumerateRunes().Count()), CursorPosition.ToCharacters(code, units));
    }
}
