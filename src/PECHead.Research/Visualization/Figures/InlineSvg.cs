using PECHead.Research.Display;

namespace PECHead.Research.Visualization;

/// <summary>A figure to be shown inline as SVG.</summary>
[TypeFormatterSource(typeof(FormatterSource), PreferredMimeTypes = [MimeFormatter.Svg, MimeFormatter.Plain])]
public sealed class InlineSvg
{
    internal InlineSvg(string svg) => Svg = svg;

    /// <summary>The document.</summary>
    public string Svg { get; }

    /// <inheritdoc/>
    public override string ToString() => $"SVG of {Svg.Length} characters";

    internal sealed class FormatterSource : ITypeFormatterSource
    {
        public IEnumerable<MimeFormatter> CreateTypeFormatters() =>
        [
            new(MimeFormatter.Svg, picture => ((InlineSvg)picture).Svg),
            new(MimeFormatter.Html, picture => ((InlineSvg)picture).Svg),
            new(MimeFormatter.Plain, picture => picture.ToString()),
        ];
    }
}
