using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using PECHead.Research.Display;

namespace PECHead.Research.Visualization;

/// <summary>
/// A chart described in Vega-Lite: front ends that know Vega-Lite draw it live, all others show the SVG sent beside it.
/// </summary>
[TypeFormatterSource(typeof(FigureFormatterSource), PreferredMimeTypes = [MimeType, MimeFormatter.Svg, MimeFormatter.Plain])]
public sealed class VegaLiteChart : Drawing
{
    /// <summary>What the specification is sent as.</summary>
    public const string MimeType = "application/vnd.vegalite.v5+json";

    private static readonly JsonSerializerOptions RowOptions = new() { Converters = { new FiniteNumberConverter() } };
    private readonly Lazy<string> _svg;

    /// <summary>Takes a specification.</summary>
    /// <param name="specification">Vega-Lite 5 as a JSON object.</param>
    /// <param name="rows">
    /// The data, put into it as <c>data.values</c>: objects whose properties are the fields, for example of an anonymous
    /// type; numbers that are not finite become null. Null: the specification holds its data.
    /// </param>
    /// <exception cref="ArgumentException">Not a JSON object.</exception>
    public VegaLiteChart(string specification, IEnumerable<object>? rows = null)
    {
        JsonObject chart;
        try
        {
            chart = JsonNode.Parse(specification)?.AsObject() ?? throw new JsonException("it is null");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"Expected a Vega-Lite specification, a JSON object: {failure.Message}", nameof(specification), failure);
        }
        if (rows is not null)
            chart["data"] = new JsonObject { ["values"] = JsonSerializer.SerializeToNode(rows.ToArray(), RowOptions) };
        AddDefaults(chart);
        Specification = chart.ToJsonString();
        _svg = new Lazy<string>(() => Renderer.Render(Specification));
    }

    /// <summary>The specification with its data, JSON.</summary>
    public string Specification { get; }

    /// <summary>What draws the SVG.</summary>
    public VegaRenderer Renderer { get; init; } = VegaRenderer.Default;

    /// <inheritdoc/>
    public override string ToString() => $"Vega-Lite chart, {Specification.Length} characters";

    // The colours and letters of the other figures, where the specification has no others.
    private static void AddDefaults(JsonObject chart)
    {
        if (chart["config"] is not JsonObject config)
            chart["config"] = config = [];
        config.TryAdd("font", FigureFont.Family);
        if (config["range"] is not JsonObject range)
            config["range"] = range = [];
        range.TryAdd("category", new JsonArray([.. Enumerable.Range(0, 7).Select(i => (JsonNode)Sheet.Of(IdentityColors.Color(i, 7)).ToHex())]));
    }

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        string text = string.Join(' ', XElement.Parse(_svg.Value).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        sheet.Text(0, 14, text);
        return (Sheet.WidthOf(text), 18);
    }
}
