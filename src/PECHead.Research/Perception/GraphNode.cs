using System.Text;
using System.Text.Json;

namespace PECHead.Research.Perception;

/// <summary>One node of a graph model.</summary>
/// <param name="Name">Unique in the graph.</param>
/// <param name="Operator">What it computes, such as _FusedConv2D.</param>
/// <param name="Inputs">Names of the nodes it reads.</param>
/// <param name="Attributes">Its attributes, as in the file.</param>
internal sealed record GraphNode(string Name, string Operator, string[] Inputs, JsonElement Attributes)
{
    /// <summary>Reads a node; attributes outlive the document.</summary>
    public static GraphNode Read(JsonElement node)
    {
        var inputs = node.TryGetProperty("input", out var list)
            ? list.EnumerateArray().Select(input => input.GetString() ?? "").Where(input => !input.StartsWith('^')).Select(TensorOf).ToArray() : [];
        return new GraphNode(
            node.GetProperty("name").GetString() ?? "", node.GetProperty("op").GetString() ?? "", inputs,
            node.TryGetProperty("attr", out var attributes) ? attributes.Clone() : default);
    }

    /// <summary>The node that a tensor's name belongs to: every operator read here has one output, <c>:0</c>.</summary>
    public static string TensorOf(string name) => name.EndsWith(":0", StringComparison.Ordinal) ? name[..^2] : name;

    /// <summary>A text attribute, "" when absent.</summary>
    public string Text(string name) => Find(name, "s") is { } value ? Decode(value) : "";

    /// <summary>A list of texts, empty when absent.</summary>
    public string[] Texts(string name) => [.. List(name, "s").Select(Decode)];

    /// <summary>A list of whole numbers, empty when absent.</summary>
    public long[] Integers(string name) => [.. List(name, "i").Select(ModelJson.Integer)];

    /// <summary>A truth value, false when absent.</summary>
    public bool Flag(string name) => Find(name, "b") is { } value && value.GetBoolean();

    /// <summary>A shape, −1 where free; null when absent.</summary>
    public long[]? Shape(string name)
        => Find(name, "shape") is { } shape
            ? shape.TryGetProperty("dim", out var sizes) ? [.. sizes.EnumerateArray().Select(size => ModelJson.Integer(size.GetProperty("size")))] : []
            : null;

    private JsonElement? Find(string name, string kind)
        => Attributes.ValueKind == JsonValueKind.Object && Attributes.TryGetProperty(name, out var attribute) && attribute.TryGetProperty(kind, out var value)
            ? value : null;

    private JsonElement[] List(string name, string kind)
        => Find(name, "list") is { } list && list.TryGetProperty(kind, out var values) ? [.. values.EnumerateArray()] : [];

    private static string Decode(JsonElement text) => Encoding.UTF8.GetString(Convert.FromBase64String(text.GetString() ?? ""));
}
