using System.Globalization;
using System.Text;

namespace PECHead.Research.Visualization;

/// <summary>Writes a result table as HTML; the marks are plain elements, so they survive where styles are removed.</summary>
internal static class ResultTableHtml
{
    public static string Write(ResultTable table)
    {
        var ranks = table.Ranks;
        double[] spans = [.. table.Columns.Select((_, c) => table.Rows.Select(row => Math.Abs(row.Values[c]?.Mean ?? 0)).Where(double.IsFinite).DefaultIfEmpty().Max())];
        var html = new StringBuilder("<table class=\"pechead-table\">\n<thead><tr>");
        html.Append($"<th>{HtmlPage.Escape(table.LabelHeader)}</th>");
        foreach (var column in table.Columns)
            html.Append($"<th>{HtmlPage.Escape($"{column.Name} {column.Arrow}".TrimEnd())}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        for (int r = 0; r < table.Rows.Count; r++)
        {
            var row = table.Rows[r];
            string kind = string.Join(' ', new[] { row.IsReference ? "pechead-reference" : "", row.HasRule ? "pechead-ruled" : "" }.Where(name => name.Length > 0));
            html.Append(kind.Length > 0 ? $"<tr class=\"{kind}\">" : "<tr>").Append($"<td>{HtmlPage.Escape(row.Label)}</td>");
            for (int c = 0; c < table.Columns.Count; c++)
            {
                string number = row.Values[c] is { } value && double.IsFinite(value.Mean) ? value.Mean.ToString("R", CultureInfo.InvariantCulture) : "";
                html.Append($"<td data-value=\"{number}\"{Bar(row.Values[c]?.Mean, spans[c])}>{Mark(table.Text(row, c), ranks[r][c])}</td>");
            }
            html.Append("</tr>\n");
        }
        return HtmlPage.Figure("results", table.Title, table.Captions, "", html.Append("</tbody>\n</table>").ToString());
    }

    // Bars begin at zero and end at the largest size of the column.
    private static string Bar(double? value, double span) => value is { } number && double.IsFinite(number) && span > 0
        ? string.Create(CultureInfo.InvariantCulture, $" style=\"--share:{Math.Abs(number) / span:0.###}\"")
        : "";

    private static string Mark(string text, ResultRank rank) => rank switch
    {
        ResultRank.Best => $"<b>{text}</b>",
        ResultRank.Second => $"<u>{text}</u>",
        _ => text,
    };
}
