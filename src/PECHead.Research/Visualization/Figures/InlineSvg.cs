namespace PECHead.Research.Visualization;

/// <summary>A figure to be shown inline as SVG.</summary>
public sealed class InlineSvg
{
    internal InlineSvg(string svg) => Svg = svg;

    /// <summary>The document.</summary>
    public string Svg { get; }

    /// <inheritdoc/>
    public override string ToString() => $"SVG of {Svg.Length} characters";
}
