using Plotly.NET;

namespace PECHead.Research.Visualization;

/// <summary>
/// A chart that answers to the reader by plotly.js: it says the numbers under the pointer, is enlarged by dragging, and a
/// click in its legend hides a curve. Where plotly.js is not there, it is a still picture.
/// </summary>
/// <remarks>
/// The HTML holds the still picture and the description of the chart; plotly.js comes once a page, see
/// <see cref="PlotlyLibrary"/>. Saved as .html it is complete. As PNG, SVG and PDF it is the still picture.
/// </remarks>
public abstract class InteractiveChart : InteractiveFigure
{
    private protected InteractiveChart()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToHtml()
    {
        string picture = Convert.ToBase64String(Utf8(ToSvg()));
        string title = Title.Length > 0 ? $"<div class=\"pechead-title\"><b>{HtmlPage.Escape(Title)}</b></div>\n" : "";
        string captions = string.Concat(Captions.Select(caption => $"<div class=\"pechead-caption\">{HtmlPage.Escape(caption)}</div>\n"));
        // The still picture has title and captions in it: those of the page show when the chart takes its place.
        string body = $"""
            <img alt="{HtmlPage.Escape(ToString())}" src="data:image/svg+xml;base64,{picture}"/>
            <div style="display:none">
            {title}<div class="pechead-plot"></div>
            {captions}</div>
            """;
        return HtmlPage.Figure(PlotlyLibrary.Kind, "", [], $" data-chart=\"{HtmlPage.Escape(GenericChart.toFigureJson(Plot()))}\"", body);
    }

    /// <summary>The chart as plotly.js is to draw it, without title and captions.</summary>
    private protected abstract GenericChart Plot();

    private protected sealed override IReadOnlyList<string> OwnFormats => [];

    private protected sealed override byte[]? Encode(string extension) => null;
}
