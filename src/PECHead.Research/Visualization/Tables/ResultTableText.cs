using System.Text;

namespace PECHead.Research.Visualization;

/// <summary>Writes a result table as text: Markdown and LaTeX.</summary>
internal static class ResultTableText
{
    public static string Markdown(ResultTable table)
    {
        static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
        var ranks = table.Ranks;
        var text = new StringBuilder($"| {Cell(table.LabelHeader)} |");
        foreach (var column in table.Columns)
            text.Append($" {Cell($"{column.Name} {column.Arrow}".TrimEnd())} |");
        text.Append("\n| --- |").Append(string.Concat(table.Columns.Select(_ => " ---: |"))).Append('\n');
        for (int r = 0; r < table.Rows.Count; r++)
        {
            text.Append($"| {Cell(table.Rows[r].Label)} |");
            for (int c = 0; c < table.Columns.Count; c++)
            {
                string value = table.Text(table.Rows[r], c);
                text.Append(ranks[r][c] switch { ResultRank.Best => $" **{value}** |", ResultRank.Second => $" <u>{value}</u> |", _ => $" {value} |" });
            }
            text.Append('\n');
        }
        foreach (string caption in table.Captions)
            text.Append($"\n{caption}\n");
        return text.ToString();
    }

    public static string Latex(ResultTable table)
    {
        var ranks = table.Ranks;
        var text = new StringBuilder(string.Concat(table.Captions.Select(caption => $"% {caption}\n"))).Append($"\\begin{{tabular}}{{l{new string('r', table.Columns.Count)}}}\n\\toprule\n{EscapeLatex(table.LabelHeader)}");
        foreach (var column in table.Columns)
        {
            string arrow = column.Better switch { BetterValue.Higher => " $\\uparrow$", BetterValue.Lower => " $\\downarrow$", _ => "" };
            text.Append($" & {EscapeLatex(column.Name)}{arrow}");
        }
        text.Append(" \\\\\n\\midrule\n");
        for (int r = 0; r < table.Rows.Count; r++)
        {
            var row = table.Rows[r];
            if (row.HasRule)
                text.Append("\\midrule\n");
            text.Append(EscapeLatex(row.Label));
            for (int c = 0; c < table.Columns.Count; c++)
            {
                string value = row.Values[c] is { } cell && double.IsFinite(cell.Mean) ? cell.Text(table.Columns[c].Decimals, "$\\pm$") : "--";
                value = value.StartsWith('-') && value != "--" ? "$-$" + value[1..] : value;
                text.Append(ranks[r][c] switch { ResultRank.Best => $" & \\textbf{{{value}}}", ResultRank.Second => $" & \\underline{{{value}}}", _ => $" & {value}" });
            }
            text.Append(" \\\\\n");
        }
        return text.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    private static string EscapeLatex(string text)
    {
        var escaped = new StringBuilder();
        foreach (char letter in text)
        {
            escaped.Append(letter switch
            {
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{letter}",
                '\\' => "\\textbackslash{}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '±' => "$\\pm$",
                _ => letter.ToString(),
            });
        }
        return escaped.ToString();
    }
}
