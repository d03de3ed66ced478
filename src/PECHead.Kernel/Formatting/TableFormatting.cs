using System.Collections;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Sequences of objects as tables.</summary>
/// <remarks>
/// <b>Choice:</b> elements of one type get a column for each property, which is how results are read; others get a column of values.
/// </remarks>
internal static class TableFormatting
{
    /// <summary>A table with a column for each property, whatever the elements are.</summary>
    public static HtmlContent Table(IEnumerable sequence)
    {
        var (elements, more) = ShownMembers.Take(sequence);
        var writer = new StringWriter();
        Write(elements, more, writer, depth: 0);
        return new HtmlContent(writer.ToString());
    }

    public static void Write(List<object?> elements, int more, TextWriter writer, int depth)
    {
        var pairs = elements.Count > 0 && elements.TrueForAll(element => element is DictionaryEntry || (element?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)));
        var columns = Columns(elements);
        IEnumerable<string> header = pairs ? ["<i>key</i>", "value"] : columns.Count > 0 ? ["<i>index</i>", .. columns.Select(column => HtmlFormatting.Encode(column.Name))] : ["<i>index</i>", "value"];
        writer.Write($"<table><thead><tr>{string.Concat(header.Select(name => $"<th>{name}</th>"))}</tr></thead><tbody>");
        for (var i = 0; i < elements.Count; i++)
        {
            writer.Write("<tr>");
            IEnumerable<object?> cells = columns.Count > 0 ? columns.Select(column => column.Get(elements[i]!)) : [elements[i]];
            foreach (var cell in pairs ? cells : cells.Prepend(i))
            {
                writer.Write("<td>");
                HtmlFormatting.Nested(cell, writer, depth);
                writer.Write("</td>");
            }
            writer.Write("</tr>");
        }
        if (more != 0) writer.Write($"<tr><td colspan=\"{header.Count()}\"><i>{ShownMembers.Rest(more)}</i></td></tr>");
        writer.Write("</tbody></table>");
    }

    private static IReadOnlyList<(string Name, Func<object, object?> Get)> Columns(List<object?> elements)
    {
        var types = elements.Select(element => element?.GetType()).Distinct().ToList();
        var single = types is [{ } type] && !ShownMembers.IsScalar(type) && ConventionFormatters.For(type).Preferred.Count == 0
            && Formatter.RegisteredFor(type, Formatter.DefaultMimeType) is null && !(typeof(IEnumerable).IsAssignableFrom(type)) && type != typeof(HtmlContent);
        return single ? ShownMembers.Of(types[0]!) : [];
    }
}
