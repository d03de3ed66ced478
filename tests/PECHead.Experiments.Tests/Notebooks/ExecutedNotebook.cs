using System.Buffers.Binary;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>What the cells of a notebook put out, by the ids of the cells.</summary>
internal sealed partial class ExecutedNotebook
{
    private readonly Dictionary<string, JsonArray> _outputs;

    public ExecutedNotebook(string path)
    {
        Text = File.ReadAllText(path);
        _outputs = JsonNode.Parse(Text)!["cells"]!.AsArray().Where(cell => (string?)cell!["cell_type"] == "code")
            .ToDictionary(cell => (string)cell!["id"]!, cell => cell!["outputs"]!.AsArray());
    }

    /// <summary>The whole file.</summary>
    public string Text { get; }

    /// <summary>Runs a notebook with other parameters in a fresh kernel, comparing what comes out with what the file holds.</summary>
    public static ExecutedNotebook Run(string name, string folder, params string[] parameters)
    {
        var path = Path.Combine(folder, name);
        var (code, _, error) = Program.Run(["notebook", "run", ShippedNotebooks.At(name), "--check", "--out", path, .. parameters.SelectMany(parameter => new[] { "--param", parameter })]);
        Assert.True(code == 0, error);
        return new ExecutedNotebook(path);
    }

    /// <summary>An output of a cell in one format.</summary>
    public string Of(string cell, string mimeType)
        => _outputs[cell].Select(output => output!["data"]?[mimeType]).FirstOrDefault(content => content is not null) is { } found
            ? found is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string)found!
            : throw new KeyNotFoundException($"the cell {cell} shows no {mimeType}");

    /// <summary>What a cell wrote to its standard output.</summary>
    public string Printed(string cell) => string.Concat(_outputs[cell].SelectMany(output => output!["text"]?.AsArray() ?? []).Select(line => (string?)line));

    /// <summary>Width and height of a cell's JPEG.</summary>
    public (int Width, int Height) Jpeg(string cell)
    {
        var bytes = Convert.FromBase64String(Of(cell, "image/jpeg"));
        Assert.Equal([0xFF, 0xD8], bytes[..2]);
        // From segment to segment, up to the one that starts the frame.
        var at = 2;
        while (bytes[at + 1] is < 0xC0 or > 0xC2) at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2));
        return (BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 7)), BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 5)));
    }

    /// <summary>Labels of the rows of a cell's table.</summary>
    public string[] Rows(string cell) => [.. FirstCells().Matches(Of(cell, "text/html")).Select(match => match.Groups[1].Value)];

    /// <summary>Number of colours in which a cell's plot draws curves that have points.</summary>
    public int Curves(string cell) => CurvePaths().Matches(Of(cell, "image/svg+xml")).Select(path => path.Groups[1].Value).Distinct().Count();

    [GeneratedRegex(@"<tr[^>]*><td>(.*?)</td>")]
    private static partial Regex FirstCells();

    // Axes are drawn in #111, grids in a light grey, the lines of legends three pixels wide.
    [GeneratedRegex("<path fill=\"none\" stroke=\"(#(?!E3E3E3)\\w{6})\" stroke-width=\"(?!3\")[^>]* d=\"M[^\"L]*L")]
    private static partial Regex CurvePaths();
}
