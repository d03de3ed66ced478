using Microsoft.DotNet.Interactive.Formatting;

namespace PECHead.Kernel.Tests.Formatting;

/// <summary>How values look, from cells and by convention.</summary>
public sealed class FormattingTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose()
    {
        Formatter.ResetToDefault();
        _notebook.Dispose();
    }

    [Fact]
    public void Every_value_has_html_and_text()
    {
        foreach (var code in new[] { "42", "new[] { 1, 2 }", "new { A = 1 }", "new Dictionary<string, int> { [\"a\"] = 1 }", "DateTime.UnixEpoch", "(object)null", "HTML(\"<b>x</b>\")" })
        {
            var result = _notebook.Do(code).Result!;
            Assert.NotNull(result["text/html"]);
            Assert.NotNull(result["text/plain"]);
        }
    }

    [Fact]
    public void A_string_is_text()
        => Assert.Equal(["text/plain"], _notebook.Do("\"<b>\"").Result!.Formats.Select(format => format.Key));

    [Fact]
    public void Html_is_encoded_where_it_is_not_meant()
    {
        Assert.Contains("&lt;b&gt;", _notebook.Do("new { A = \"<b>\" }").Result!["text/html"], StringComparison.Ordinal);
        Assert.Equal("<b>x &amp; y</b>", _notebook.Do("HTML(\"<b>x &amp; y</b>\")").Result!["text/html"]);
        Assert.Equal("x & y", _notebook.Do("HTML(\"<b>x &amp; y</b><script>no()</script>\")").Plain);
    }

    [Fact]
    public void A_sequence_of_objects_is_a_table_of_their_properties()
    {
        var html = _notebook.Do("Enumerable.Range(0, 25).Select(i => new { Step = i, Loss = 1.5 / (i + 1) })").Result!["text/html"]!;
        Assert.Contains("<th><i>index</i></th><th>Step</th><th>Loss</th>", html, StringComparison.Ordinal);
        Assert.Equal(22, html.Split("<tr>").Length - 1);
        Assert.Contains("(more...)", html, StringComparison.Ordinal);
        Assert.Contains("(5 more)", _notebook.Do("Enumerable.Range(0, 25).ToList()").Plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_and_circular_values_end()
    {
        Assert.Contains("19, ... (more...)", _notebook.Do("IEnumerable<int> All() { for (var i = 0; ; i++) yield return i; }\nAll()").Plain, StringComparison.Ordinal);
        var html = _notebook.Do("class Node { public Node Next => this; public int Value = 3; }\nnew Node()").Result!["text/html"]!;
        Assert.InRange(html.Length, 100, 20_000);
        Assert.NotNull(_notebook.Do("var list = new List<object>(); list.Add(list); list").Result);
    }

    [Fact]
    public void A_property_that_throws_hides_no_other()
        => Assert.Contains("bad luck", _notebook.Do("class C { public int Good => 7; public int Bad => throw new Exception(\"bad luck\"); }\nnew C()").Result!["text/html"], StringComparison.Ordinal);

    [Fact]
    public void A_display_can_be_updated_in_order_with_text()
    {
        var output = _notebook.Do("var shown = display(\"0 %\"); for (var i = 1; i < 3; i++) { Console.Write(i); shown.Update($\"{i} %\"); }");
        Assert.Equal(["display 0 %", "stdout 1", "update 1 %", "stdout 2", "update 2 %"], output.Events.Select(entry => $"{entry.Kind} {entry.Text}"));
        var id = output.Events[0].Id;
        Assert.Equal(id, Assert.Single(_notebook.Do("shown.Update(\"done\");").Events).Id);
    }

    [Fact]
    public void Text_is_shown_as_what_it_is_said_to_be()
    {
        Assert.Equal("<svg/>", _notebook.Do("\"<svg/>\".DisplayAs(\"image/svg+xml\");").Events[0].Data!["image/svg+xml"]);
        Assert.Contains("<script", _notebook.Do("Javascript(\"1\")").Events[0].Data!["text/html"], StringComparison.Ordinal);
        Assert.Contains("<th>A</th>", _notebook.Do("new[] { new { A = 1 } }.DisplayTable();").Events[0].Data!["text/html"], StringComparison.Ordinal);
        Assert.NotNull(_notebook.Do("new Microsoft.DotNet.Interactive.Formatting.LaTeXString(\"x^2\")").Result!["text/latex"]);
        var both = _notebook.Do("using Microsoft.DotNet.Interactive.Formatting;\nnew[] { new FormattedValue(\"image/png\", \"AAAA\"), new FormattedValue(\"text/plain\", \"a picture\") }").Result!;
        Assert.Equal(("AAAA", "a picture"), (both["image/png"], both["text/plain"]));
    }

    [Fact]
    public void A_notebook_registers_formatters_of_its_own()
    {
        _notebook.Do("using Microsoft.DotNet.Interactive.Formatting;\nrecord Angle(double Degrees);\nFormatter.Register<Angle>(a => $\"{a.Degrees}°\", \"text/html\");");
        Assert.Equal("45°", _notebook.Do("new Angle(45)").Result!["text/html"]);
        Assert.Contains("<td>45°</td>", _notebook.Do("new { A = new Angle(45) }").Result!["text/html"], StringComparison.Ordinal);
        Assert.Equal("45°", _notebook.Do("new Angle(45).ToDisplayString(\"text/html\")").Plain);
    }

    [Fact]
    public void A_type_brings_its_formatters_by_convention()
    {
        var picture = _notebook.Do(Convention + "new Picture()").Result!;
        Assert.Equal(["image/png", "text/plain"], picture.Formats.Select(format => format.Key));
        Assert.Equal("iVBORw0K", picture["image/png"]);
        // Inside something else it is HTML.
        Assert.Contains("<td><img/></td>", _notebook.Do("new { P = new Derived() }").Result!["text/html"], StringComparison.Ordinal);
        Assert.Equal("iVBORw0K", _notebook.Do("new Derived()").Result!["image/png"]);
    }

    [Fact]
    public void A_wrong_convention_says_what_is_wrong()
        => Assert.Contains("exactly one method bool Format(object, TextWriter)", _notebook.Fail(Convention.Replace("bool Format(object", "bool Format(string", StringComparison.Ordinal) + "new Picture()").Message, StringComparison.Ordinal);

    [Fact]
    public void Something_too_large_is_named_instead()
        => Assert.Contains("too large for a notebook", _notebook.Do("new string('x', 30_000_000).DisplayAs(\"image/png\");").Events[0].Text, StringComparison.Ordinal);

    internal const string Convention = """
        using System.IO;
        [AttributeUsage(AttributeTargets.Class)]
        class TypeFormatterSourceAttribute : Attribute
        {
            public TypeFormatterSourceAttribute(Type formatterSourceType) => FormatterSourceType = formatterSourceType;
            public Type FormatterSourceType { get; }
            public string[] PreferredMimeTypes { get; set; }
        }
        class Source
        {
            public IEnumerable<object> CreateTypeFormatters() => new object[] { new Never(), new Png(), new Html() };
        }
        class Never { public string MimeType => "image/png"; public bool Format(object value, TextWriter writer) => false; }
        class Png { public string MimeType => "image/png"; public bool Format(object value, TextWriter writer) { writer.Write("iVBORw0K"); return true; } }
        class Html { public string MimeType => "text/html"; public bool Format(object value, TextWriter writer) { writer.Write("<img/>"); return true; } }
        [TypeFormatterSource(typeof(Source), PreferredMimeTypes = new[] { "image/png", "text/plain" })]
        class Picture { }
        class Derived : Picture { }

        """;
}
