using System.Buffers.Binary;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PECHead.Kernel.Notebooks;

/// <summary>
/// Compares what a run put out with what the file holds: the same outputs of the same kinds, texts equal but for their numbers, pictures
/// of the same size, tables with the same header and as many rows. Numbers differ between machines; what is shown must not.
/// </summary>
/// <remarks>A cell tagged <c>nbval-ignore-output</c> or <c>injected-parameters</c> is left out.</remarks>
public static partial class NotebookCheck
{
    private const int Shown = 120;
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Every difference, in words, with the position of its cell.</summary>
    /// <param name="expected">The notebook as committed.</param>
    /// <param name="actual">The same notebook after a run.</param>
    public static IReadOnlyList<string> Compare(NotebookFile expected, NotebookFile actual)
    {
        var differences = new List<string>();
        var ran = actual.Cells.Where(cell => !cell.Tags.Contains("injected-parameters")).ToList();
        for (var i = 0; i < Math.Min(expected.Cells.Count, ran.Count); i++)
        {
            if (!ran[i].IsCode || ran[i].Tags.Contains("nbval-ignore-output") || ran[i].Tags.Contains("skip-execution")) continue;
            var (before, after) = (Shapes(expected.Cells[i].Outputs), Shapes(ran[i].Outputs));
            if (before.Count != after.Count) differences.Add($"cell {i + 1}: {after.Count} outputs where the file has {before.Count}");
            differences.AddRange(before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => Difference(i + 1, pair.First, pair.Second)));
        }
        return differences;
    }

    private static string Difference(int cell, string before, string after)
    {
        var place = Enumerable.Range(0, Math.Min(before.Length, after.Length)).FirstOrDefault(i => before[i] != after[i], Math.Min(before.Length, after.Length));
        var start = Math.Max(0, place - Shown / 3);
        string Part(string text) => text[start..Math.Min(text.Length, start + Shown)].ReplaceLineEndings("⏎");
        return $"cell {cell}: \"{Part(after)}\" where the file has \"{Part(before)}\"";
    }

    private static List<string> Shapes(JsonArray outputs) => [.. outputs.OfType<JsonObject>().Select(Shape)];

    private static string Shape(JsonObject output) => (string?)output["output_type"] switch
    {
        "stream" => $"{(string?)output["name"]}: {WithoutNumbers(NotebookJson.Text(output["text"]))}",
        "error" => $"error {(string?)output["ename"]}",
        var kind => $"{kind}: {string.Join(" | ", (output["data"] as JsonObject ?? []).OrderBy(format => format.Key, StringComparer.Ordinal).Select(format => $"{format.Key} {Content(format.Key, format.Value)}"))}",
    };

    private static string Content(string mimeType, JsonNode? content) => mimeType switch
    {
        "text/plain" => WithoutNumbers(NotebookJson.Text(content)),
        "text/html" => Html(NotebookJson.Text(content)),
        "image/png" => PngSize(NotebookJson.Text(content)),
        _ => "",
    };

    // Which number of a table is marked as the best depends on the numbers, too.
    private static string WithoutNumbers(string text) => Blank().Replace(Marked().Replace(Number().Replace(text, "#"), "#"), " ").Trim();

    /// <summary>What a page holds that a reader would miss: tables by header and rows, pictures and videos by their number.</summary>
    private static string Html(string html)
        => $"{Rows().Count(html)} rows, {Media().Count(html)} media, header {string.Concat(Header().Matches(html).Select(match => WithoutNumbers(match.Groups[1].Value) + ";"))}";

    private static string PngSize(string base64)
    {
        var bytes = new byte[32];
        var start = base64.AsSpan(0, Math.Min(40, base64.Length)).ToString().ReplaceLineEndings("");
        if (!Convert.TryFromBase64String(start[..(start.Length / 4 * 4)], bytes, out var count) || count < 24 || !bytes.AsSpan().StartsWith(PngSignature)) return "no PNG";
        return $"{BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16))}x{BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))}";
    }

    [GeneratedRegex(@"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\b(?:NaN|Infinity)\b|∞|(?<=\| )–(?= \|)")]
    private static partial Regex Number();

    [GeneratedRegex(@"\*\*#\*\*|<u>#</u>")]
    private static partial Regex Marked();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"<tr\b")]
    private static partial Regex Rows();

    [GeneratedRegex(@"<(?:img|svg|video|canvas)\b")]
    private static partial Regex Media();

    [GeneratedRegex(@"<th\b[^>]*>(.*?)</th>", RegexOptions.Singleline)]
    private static partial Regex Header();
}
