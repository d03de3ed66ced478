using System.Net;
using System.Text.RegularExpressions;
using PECHead.Kernel.Cells;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Which formats a value is shown in, and who writes each: the notebook's own functions, the type's convention, the defaults.</summary>
internal static partial class ValueFormatting
{
    private const int LargestContent = 24 << 20;

    /// <summary>A value in all the formats it should have; text/plain is always among them.</summary>
    public static MimeBundle Bundle(object? value, params string[] mimeTypes)
    {
        var bundle = new MimeBundle();
        var given = value switch
        {
            FormattedValue one => [one],
            IEnumerable<FormattedValue> several => several.ToArray(),
            _ => null,
        };
        if (given is not null)
        {
            foreach (var format in given) Add(bundle, format.MimeType, format.Value);
            if (given.Length > 0) bundle.Add(Formatter.PlainTextMimeType, Placeholder(given[0]));
            return bundle;
        }
        foreach (var mimeType in mimeTypes.Length > 0 ? mimeTypes : Choose(value))
        {
            var writer = new StringWriter();
            if (Write(value, mimeType, writer, depth: 0)) Add(bundle, mimeType, writer.ToString());
        }
        if (bundle[Formatter.PlainTextMimeType] is null) Add(bundle, Formatter.PlainTextMimeType, value.ToDisplayString());
        return bundle;
    }

    /// <summary>Writes a value in one format.</summary>
    /// <returns>Whether anybody could.</returns>
    public static bool Write(object? value, string mimeType, TextWriter writer, int depth)
    {
        if (value is not null)
        {
            if (Formatter.RegisteredFor(value.GetType(), mimeType) is { } registered)
            {
                registered(value, writer);
                return true;
            }
            if (ConventionFormatters.For(value.GetType()).TryWrite(value, mimeType, writer)) return true;
        }
        switch (mimeType)
        {
            case "text/html":
                HtmlFormatting.Write(value, writer, depth);
                return true;
            case "application/json":
                writer.Write(System.Text.Json.JsonSerializer.Serialize(value));
                return true;
            case "text/latex" when value is LaTeXString or MathString:
                writer.Write(value.ToString());
                return true;
            case "text/plain":
                PlainFormatting.Write(value, writer, depth);
                return true;
            default:
                // A string shown as some format is taken to be in that format.
                if (value is string text) writer.Write(text);
                return value is string;
        }
    }

    /// <summary>The text of some markup, for places that show text only.</summary>
    public static string TextOf(string html) => WebUtility.HtmlDecode(Tag().Replace(Invisible().Replace(html, ""), " ")).Trim();

    private static IEnumerable<string> Choose(object? value)
    {
        if (value is null) return ["text/html", "text/plain"];
        if (Formatter.PreferredFor(value.GetType()) is { } preferred) return preferred;
        var convention = ConventionFormatters.For(value.GetType());
        if (convention.Preferred.Count > 0) return convention.Preferred;
        var own = Formatter.RegisteredMimeTypes(value.GetType());
        return value switch
        {
            _ when own.Count > 0 => own,
            string => ["text/plain"],
            LaTeXString or MathString => ["text/latex"],
            _ => [.. convention.MimeTypes, "text/html", "text/plain"],
        };
    }

    private static void Add(MimeBundle bundle, string mimeType, string content)
    {
        if (content.Length <= LargestContent) bundle.Add(mimeType, content);
        else bundle.Add("text/plain", $"({mimeType} of {content.Length >> 20} MB is too large for a notebook: show something smaller, or save it to a file)");
    }

    private static string Placeholder(FormattedValue value)
        => value.MimeType == "text/html" ? TextOf(value.Value) : value.MimeType.StartsWith("text/", StringComparison.Ordinal) ? value.Value : $"({value.MimeType})";

    [GeneratedRegex(@"<(script|style)\b.*?</\1\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"<[^>]*>")]
    private static partial Regex Tag();
}
