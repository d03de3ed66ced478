using System.Globalization;
using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>Turns SVG into PNG or PDF with rsvg-convert.</summary>
internal static class SvgRenderer
{
    private const string Program = "rsvg-convert";
    private const string Install = "Install rsvg-convert (Debian: apt-get install librsvg2-bin), or save as .svg.";

    /// <exception cref="DataException">The program is missing or failed.</exception>
    public static byte[] Render(string svg, string format, double scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        var folder = Directory.CreateTempSubdirectory("pechead-figure-");
        try
        {
            string drawing = Path.Combine(folder.FullName, "figure.svg"), rendered = Path.Combine(folder.FullName, "figure." + format);
            File.WriteAllText(drawing, svg);
            var (code, _, errors) = ExternalProgram.Run(
                Program,
                ["--unlimited", "--format", format, "--zoom", scale.ToString("R", CultureInfo.InvariantCulture), "--output", rendered, drawing],
                Install);
            return code == 0 ? File.ReadAllBytes(rendered) : throw new DataException($"the figure could not be drawn ({errors})", null, Install);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
