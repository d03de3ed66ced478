using System.Collections;
using System.Net;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>The default HTML of values: text, lists on one line, tables, and trees of properties that open.</summary>
/// <remarks>Class names are those of .NET Interactive, for the style sheets that notebooks carry.</remarks>
internal static class HtmlFormatting
{
    private const int OpenDepth = 2;

    // A graph of objects that refer to each other would otherwise unfold into gigabytes.
    private const int LongestTree = 1 << 20;

    public static void Write(object? value, TextWriter writer, int depth)
    {
        switch (value)
        {
            case null:
                Plain("<null>", writer, depth);
                break;
            case HtmlContent html:
                writer.Write(html.ToString());
                break;
            case not null when ShownMembers.IsScalar(value.GetType()):
                Plain(ShownMembers.Text(value), writer, depth);
                break;
            case IEnumerable sequence:
                Sequence(value, sequence, writer, depth);
                break;
            case not null when IsDeep(writer, depth):
                Plain(value.ToString() ?? "", writer, depth);
                break;
            default:
                Tree(value, writer, depth);
                break;
        }
    }

    /// <summary>A value inside another: in whatever way its own type is shown.</summary>
    public static void Nested(object? value, TextWriter writer, int depth) => ValueFormatting.Write(value, Formatter.DefaultMimeType, writer, depth + 1);

    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static void Plain(string text, TextWriter writer, int depth)
    {
        if (depth > 0 && !text.Contains('\n', StringComparison.Ordinal)) writer.Write(Encode(text));
        else writer.Write($"<div class=\"dni-plaintext\"><pre>{Encode(text)}</pre></div>");
    }

    private static bool IsDeep(TextWriter writer, int depth)
        => depth >= Formatter.RecursionLimit || (writer is StringWriter text && text.GetStringBuilder().Length > LongestTree);

    private static void Sequence(object value, IEnumerable sequence, TextWriter writer, int depth)
    {
        var (elements, more) = ShownMembers.Take(sequence);
        if (elements.TrueForAll(element => element is null || ShownMembers.IsScalar(element.GetType())) && value is not IDictionary)
        {
            Plain(PlainFormatting.List(elements, more, depth), writer, depth);
        }
        else if (IsDeep(writer, depth))
        {
            Plain(ShownMembers.Name(value.GetType()), writer, depth);
        }
        else
        {
            TableFormatting.Write(elements, more, writer, depth);
        }
    }

    private static void Tree(object value, TextWriter writer, int depth)
    {
        writer.Write($"<details{(depth < OpenDepth ? " open=\"open\"" : "")} class=\"dni-treeview\"><summary><span class=\"dni-code-hint\"><code>");
        writer.Write(Encode(PlainFormatting.Line(value)));
        writer.Write("</code></span></summary><div><table><thead><tr></tr></thead><tbody>");
        foreach (var (name, get) in ShownMembers.Of(value.GetType()))
        {
            writer.Write($"<tr><td>{Encode(name)}</td><td>");
            Nested(get(value), writer, depth);
            writer.Write("</td></tr>");
        }
        writer.Write("</tbody></table></div></details>");
    }
}
