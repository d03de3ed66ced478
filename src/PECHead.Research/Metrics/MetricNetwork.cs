namespace PECHead.Research.Metrics;

/// <summary>The network that a metric measures with, as it is written in tables.</summary>
/// <param name="Name">Short name, such as <c>faceres</c> or <c>mesh</c>.</param>
/// <param name="IsStandard">Whether it is the network that the literature means when it names the metric.</param>
/// <remarks>A number by another network never stands under the bare name: the two compare only in their order, if at all.</remarks>
public sealed record MetricNetwork(string Name, bool IsStandard)
{
    /// <summary>A network of the literature: the metric has its bare name.</summary>
    public static MetricNetwork Standard(string name) => new(name, IsStandard: true);

    /// <summary>A network that stands in for one: the metric carries its name.</summary>
    public static MetricNetwork Embedded(string name) => new(name, IsStandard: false);

    /// <summary>The metric's name in tables: <c>CSIM</c> or <c>CSIM[faceres]</c>.</summary>
    public string Label(string metric) => IsStandard ? metric : $"{metric}[{Name}]";
}
