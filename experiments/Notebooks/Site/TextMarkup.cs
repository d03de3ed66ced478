using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace PECHead.Experiments.Notebooks.Site;

/// <summary>A text cell as HTML.</summary>
internal sealed class TextMarkup
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseMathematics().UseAutoIdentifiers().Build();
    private readonly MarkdownDocument _document;

    public TextMarkup(string markdown) => _document = Markdown.Parse(markdown, Pipeline);

    /// <summary>The formulas in it.</summary>
    public IEnumerable<Formula> Formulas => _document.Descendants().Select(Formula).OfType<Formula>();

    /// <summary>Text of the first heading, or null.</summary>
    public string? Heading => _document.Descendants<HeadingBlock>().FirstOrDefault() is { } heading ? Plain(heading) : null;

    /// <summary>Text of the first paragraph, or null.</summary>
    public string? Paragraph => _document.OfType<ParagraphBlock>().FirstOrDefault() is { } paragraph ? Plain(paragraph) : null;

    /// <summary>Writes the cell.</summary>
    /// <param name="formulas">What became of <see cref="Formulas"/>.</param>
    /// <param name="notebooks">Names of the notebooks on the site: links to them lead to their pages. Other files of the project are not on it, and are named without a link.</param>
    public string ToHtml(IReadOnlyDictionary<Formula, string> formulas, IReadOnlyCollection<string> notebooks)
    {
        foreach (var link in _document.Descendants<LinkInline>().ToList()) Redirect(link, notebooks);
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new Rendered<MathInline>(formulas));
        renderer.ObjectRenderers.Replace<HtmlMathBlockRenderer>(new Rendered<MathBlock>(formulas));
        renderer.Render(_document);
        return writer.ToString();
    }

    private static Formula? Formula(MarkdownObject part) => part switch
    {
        MathInline inline => new Formula(inline.Content.ToString(), inline.DelimiterCount > 1),
        MathBlock block => new Formula(block.Lines.ToString(), true),
        _ => null,
    };

    private static void Redirect(LinkInline link, IReadOnlyCollection<string> notebooks)
    {
        if (link.Url is not { } address || Uri.TryCreate(address, UriKind.Absolute, out _) || address.StartsWith('#')) return;
        if (notebooks.Contains(address))
        {
            link.Url = Path.ChangeExtension(address, ".html");
            return;
        }
        var named = new HtmlInline($"<span class=\"file\" title=\"{address}\">");
        link.InsertBefore(named);
        link.InsertAfter(new HtmlInline("</span>"));
        link.ReplaceBy(new ContainerInline());
    }

    private static string Plain(LeafBlock block)
        => string.Concat(block.Inline!.Descendants().Select(part => part switch { LiteralInline text => text.Content.ToString(), CodeInline code => code.Content, LineBreakInline => " ", _ => "" }));

    private sealed class Rendered<T>(IReadOnlyDictionary<Formula, string> formulas) : HtmlObjectRenderer<T>
        where T : MarkdownObject
    {
        protected override void Write(HtmlRenderer renderer, T obj) => renderer.Write(formulas[Formula(obj)!]);
    }
}
