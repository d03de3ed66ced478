using PECHead.Research.Display;

namespace PECHead.Research.Visualization;

/// <summary>What a notebook may show a figure as.</summary>
internal sealed class FigureFormatterSource : ITypeFormatterSource
{
    public IEnumerable<MimeFormatter> CreateTypeFormatters() =>
    [
        new(MimeFormatter.Png, figure => Convert.ToBase64String(((Figure)figure).ToPng())),
        new(MimeFormatter.Svg, figure => ((Figure)figure).ToSvg()),
        new(MimeFormatter.Html, figure => ((Figure)figure).ToHtml()),
        new(MimeFormatter.Plain, figure => ((Figure)figure).ToString()),
    ];
}
