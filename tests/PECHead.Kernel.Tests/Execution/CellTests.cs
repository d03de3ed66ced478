namespace PECHead.Kernel.Tests.Execution;

/// <summary>What a cell is: values, state, output, errors.</summary>
public sealed class CellTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("var x = 3;\nx * 2", "6")]
    [InlineData("\"text\"", "text")]
    [InlineData("(object)null", "<null>")]
    [InlineData("await System.Threading.Tasks.Task.FromResult(7)", "7")]
    [InlineData("new[] { 1, 2 }.Select(i => i * i)", "[ 1, 4 ]")]
    public void The_last_expression_without_semicolon_is_the_value(string code, string expected)
        => Assert.Equal(expected, _notebook.Do(code).Plain);

    [Theory]
    [InlineData("_ = 1 + 1;")]
    [InlineData("Console.Write(1)")]
    [InlineData("var x = 3;")]
    [InlineData("")]
    [InlineData("// nothing")]
    [InlineData("await System.Threading.Tasks.Task.CompletedTask")]
    [InlineData("display(3)")]
    public void Anything_else_has_no_value(string code)
        => Assert.Null(_notebook.Do(code).Result);

    [Fact]
    public void Variables_methods_types_and_usings_live_on()
    {
        _notebook.Do("using System.Globalization;\nusing static System.Math;");
        _notebook.Do("var culture = CultureInfo.InvariantCulture; int Twice(int x) => 2 * x; record Point(int X, int Y);");
        Assert.Equal("8", _notebook.Do("var p = new Point(1, 4); Twice(Max(p.X, p.Y))").Plain);
        Assert.Equal("Point { X = 1, Y = 4 }", _notebook.Do("p").Plain);
        _notebook.Do("p = p with { X = 9 };");
        Assert.Equal("9", _notebook.Do("p.X").Plain);
    }

    [Fact]
    public void A_variable_can_be_declared_again_with_another_type()
    {
        _notebook.Do("var x = 1;");
        _notebook.Do("var x = \"one\";");
        Assert.Equal("3", _notebook.Do("x.Length").Plain);
    }

    [Fact]
    public void A_compile_error_has_line_column_and_caret_and_changes_nothing()
    {
        _notebook.Do("var x = 1;");
        var error = _notebook.Fail("var y = 2;\n  x = nothing + 1;");
        Assert.Equal("CompilationError", error.Name);
        Assert.Equal("cell[2], line 2, column 7: error CS0103: The name 'nothing' does not exist in the current context", error.Trace[0]);
        Assert.Equal("      x = nothing + 1;", error.Trace[1]);
        Assert.Equal("          ^^^^^^^", error.Trace[2]);
        Assert.Equal("1", _notebook.Do("x").Plain);
        Assert.Contains("'y'", _notebook.Fail("y").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_names_the_lines_of_the_cells_it_came_through()
    {
        _notebook.Do("int Deep(int x)\n{\n    throw new InvalidOperationException(\"too deep\");\n}");
        var error = _notebook.Fail("var before = 5;\n\nDeep(1);");
        Assert.Equal("System.InvalidOperationException", error.Name);
        Assert.Equal(
            ["System.InvalidOperationException: too deep", "   at Deep(Int32 x) in cell[1], line 3", "   at the top level in cell[2], line 3"],
            error.Trace);
    }

    [Fact]
    public void An_exception_after_await_names_its_line_and_its_cause()
    {
        var error = _notebook.Fail("await Task.Delay(1);\nthrow new Exception(\"outer\", new ArgumentException(\"inner\"));");
        Assert.Contains("   at the top level in cell[1], line 2", error.Trace);
        Assert.Contains("caused by System.ArgumentException: inner", error.Trace);
    }

    [Fact]
    public void Variables_of_a_cell_that_throws_are_kept()
    {
        _notebook.Fail("var step = 0;\nfor (; ; step++) { if (step == 3) throw new Exception(); }");
        Assert.Equal("3", _notebook.Do("step").Plain);
    }

    [Fact]
    public async Task Console_text_arrives_while_the_cell_runs_and_in_order()
    {
        using var seen = new ManualResetEventSlim();
        var output = new Transcript { OnText = text => { if (text.Contains("started", StringComparison.Ordinal)) seen.Set(); } };
        var running = Task.Run(() => _notebook.Do(
            "Console.WriteLine(\"started\"); System.Threading.Thread.Sleep(400); Console.Error.Write(\"oops\"); Console.Write(\"é 😀\"); display(1); Console.Write(\"end\");", output));
        Assert.True(seen.Wait(TimeSpan.FromSeconds(10)));
        Assert.False(running.IsCompleted);
        await running;
        Assert.Equal(["started\n", "oops", "é 😀", "1", "end"], output.Events.Select(entry => entry.Text));
    }

    [Fact]
    public void Text_of_a_background_task_belongs_to_its_cell()
    {
        var first = _notebook.Do("var later = Task.Run(async () => { await Task.Delay(150); Console.Write(\"late\"); });");
        var second = _notebook.Do("await later; await Task.Delay(100);");
        Assert.Equal("late", first.Out);
        Assert.Equal("", second.Out);
    }

    [Fact]
    public void A_silent_cell_shows_no_value()
    {
        var output = new Transcript();
        using var execution = new PECHead.Kernel.Cells.CellExecution(new("1 + 1", "cell[1]", Silent: true), output);
        _notebook.Session.Run(execution);
        Assert.Empty(output.Events);
    }

    [Fact]
    public void Input_is_asked_for()
    {
        Assert.Equal("Ada!", _notebook.Do("Console.ReadLine() + \"!\"", new Transcript { Answer = "Ada" }).Plain);
        Assert.Equal("Ada", _notebook.Do("await GetInputAsync(\"name?\")", new Transcript { Answer = "Ada" }).Plain);
        Assert.Contains("nobody", _notebook.Fail("Console.ReadLine()").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directives_of_the_compiler_stay_the_compilers()
        => Assert.Equal("2", _notebook.Do("#if NOTHING\n#!unknown\n1\n#else\n#pragma warning disable CS0168\n2\n#endif").Plain);

    [Fact]
    public void A_hundred_cells_see_each_other()
    {
        for (var i = 0; i < 100; i++) _notebook.Do($"var v{i} = {(i == 0 ? "1" : $"v{i - 1} + 1")};");
        Assert.Equal("100", _notebook.Do("v99").Plain);
    }
}
