namespace PECHead.Kernel.Tests.Execution;

/// <summary>Lines that speak to the kernel.</summary>
public sealed class DirectiveTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("1\n#!unknown\n2", "line 2, column 1: DirectiveError: there is no #!unknown here")]
    [InlineData("#!set --name x", "there is no #!set here")]
    [InlineData("#load \"x.csx\"", "use #!import")]
    [InlineData("#!import missing.cs", "there is no file missing.cs")]
    [InlineData("#r", "needs a path")]
    public void What_is_not_known_is_an_error_with_its_line(string code, string message)
        => Assert.Contains(message, _notebook.Fail(code).Trace[0], StringComparison.Ordinal);

    [Fact]
    public void A_line_of_a_string_is_no_directive()
        => Assert.Equal("\n#r \"x.dll\"\n#!unknown\n", _notebook.Do("@\"\n#r \"\"x.dll\"\"\n#!unknown\n\"").Plain);

    [Fact]
    public void Time_is_measured()
        => Assert.Matches(@"^1\nWall time: \d+ms\n$", _notebook.Do("#!time\nConsole.WriteLine(1);").Out);

    [Fact]
    public void Files_and_notebooks_are_imported_and_run_first()
    {
        _notebook.File("lib/tools.cs", "int Twice(int x) => 2 * x;\nvar imported = Twice(4);");
        Assert.Equal("16", _notebook.Do("#!import lib/tools.cs\nTwice(imported)").Plain);
        _notebook.File("other.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"markdown","source":"x"},{"cell_type":"code","source":["var a = 1;\n","a"]},{"cell_type":"code","source":"var b = a + 1;"}]}""");
        Assert.Equal("2", _notebook.Do("#!import \"other.ipynb\"\nb").Plain);
    }

    [Fact]
    public void An_import_that_fails_or_goes_in_circles_leaves_nothing_behind()
    {
        _notebook.File("bad.cs", "var half = 1;\nnonsense();");
        Assert.Contains("bad.cs, line 2", _notebook.Fail("#!import bad.cs\nvar x = half;").Message, StringComparison.Ordinal);
        _notebook.Fail("half");
        _notebook.File("throws.cs", "var first = 1;\nthrow new Exception();");
        _notebook.Fail("#!import throws.cs\nvar never = 2;");
        Assert.Equal("1", _notebook.Do("first").Plain);
        Assert.Contains("never", _notebook.Fail("never").Message, StringComparison.Ordinal);
        _notebook.File("circle.cs", "#!import circle.cs");
        Assert.Contains("imports itself", _notebook.Fail("#!import circle.cs").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_are_listed()
    {
        _notebook.Do("var number = 1; var text = \"a\";");
        _notebook.Do("var number = 2.5;");
        Assert.Equal(["number", "text", "who"], _notebook.Do("var who = 0;\n#!who").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Contains("number\tSystem.Double\t2.5", _notebook.Do("#!whos").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_of_markup_is_shown()
    {
        Assert.Equal("# Title", _notebook.Do("#!markdown\n# Title").Events[0].Data!["text/markdown"]);
        Assert.Equal("<i>x</i>", _notebook.Do("#!html\n<i>x</i>").Events[0].Data!["text/html"]);
    }

    [Fact]
    public void The_kernel_introduces_itself()
    {
        Assert.Contains("C# 14.0", _notebook.Do("#!about").Out, StringComparison.Ordinal);
        Assert.Contains("#!import", _notebook.Do("#!lsmagic").Out, StringComparison.Ordinal);
        Assert.Equal("3", _notebook.Do("#!csharp\n1 + 2").Plain);
    }
}
