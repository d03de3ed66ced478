using System.IO.Compression;
using System.Text;
using Plotly.NET;

namespace PECHead.Research.Visualization;

/// <summary>plotly.js as Plotly.NET carries it, brought to a page once, however many charts the page has.</summary>
/// <remarks>
/// A page saved from a figure or a report has it already. A notebook gets it from one output of <see cref="ToHtml"/>, before
/// or after its charts: they draw themselves when it is there. Nothing is fetched from a network.
/// </remarks>
public static class PlotlyLibrary
{
    /// <summary>The kind of figure that needs it.</summary>
    internal const string Kind = "chart";

    private static readonly Lazy<string> Text = new(Read);
    private static readonly Lazy<string> Element = new(Pack);

    /// <summary>The script, 3.6 MB, to be served as a file of its own; loaded as a script of a page it defines <c>Plotly</c>.</summary>
    public static string Source => Text.Value;

    /// <summary>An element that brings plotly.js to the page it stands on, 1.5 MB because it is compressed.</summary>
    public static string ToHtml() => Element.Value;

    /// <summary>Whether a page with this HTML on it has charts.</summary>
    /// <param name="html">Of one figure or of a whole page.</param>
    public static bool IsNeeded(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        return html.Contains($"pechead-figure pechead-{Kind}\"", StringComparison.Ordinal);
    }

    private static string Read()
    {
        var assembly = typeof(GenericChart).Assembly;
        string name = assembly.GetManifestResourceNames().Single(name => name.Contains("plotly-", StringComparison.Ordinal) && name.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Pack()
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(Encoding.UTF8.GetBytes(Source));
        string script = HtmlPage.Resource("plotly.js").Replace("PACKED", Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length), StringComparison.Ordinal);
        return $"<script>\n{script}</script>\n";
    }
}
