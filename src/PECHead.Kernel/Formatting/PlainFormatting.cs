using System.Collections;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>The default text of values, for consoles, differences between notebooks, and readers without a browser.</summary>
internal static class PlainFormatting
{
    private const int LongestLine = 200;
    private const int DeepestLine = 3;

    public static void Write(object? value, TextWriter writer, int depth) => writer.Write(value switch
    {
        HtmlContent html => ValueFormatting.TextOf(html.ToString()),
        string text => text,
        IEnumerable sequence and not string when !HasText(value.GetType()) => Rows(sequence, depth),
        _ => Line(value, depth),
    });

    /// <summary>A value on one line.</summary>
    public static string Line(object? value, int depth = 0)
    {
        var text = value switch
        {
            null => "<null>",
            _ when ShownMembers.IsScalar(value.GetType()) => ShownMembers.Text(value),
            _ when HasText(value.GetType()) => value.ToString() ?? "",
            IEnumerable sequence when depth < DeepestLine => ShownMembers.Take(sequence) is var (elements, more) ? List(elements, more, depth) : "",
            _ when depth >= DeepestLine => ShownMembers.Name(value.GetType()),
            _ => $"{ShownMembers.Name(value.GetType())} {{ {string.Join(", ", ShownMembers.Of(value.GetType()).Select(member => $"{member.Name}: {Line(member.Get(value), depth + 1)}"))} }}",
        };
        return depth == 0 || text.Length <= LongestLine ? text : text[..LongestLine] + "...";
    }

    public static string List(List<object?> elements, int more, int depth)
        => elements.Count == 0 ? "[ ]"
            : $"[ {string.Join(", ", elements.Select(element => Line(element, depth + 1)))}{(more == 0 ? "" : $", ... {ShownMembers.Rest(more)}")} ]";

    private static string Rows(IEnumerable sequence, int depth)
    {
        var (elements, more) = ShownMembers.Take(sequence);
        if (elements.TrueForAll(element => element is null || ShownMembers.IsScalar(element.GetType()))) return List(elements, more, depth);
        var rows = elements.Select(element => Line(element, depth + 1));
        return string.Join('\n', more == 0 ? rows : rows.Append(ShownMembers.Rest(more)));
    }

    /// <summary>Whether a type says by itself how it is written.</summary>
    private static bool HasText(Type type)
        => type.GetMethod("ToString", Type.EmptyTypes)?.DeclaringType is { } declaring && declaring != typeof(object) && declaring != typeof(ValueType);
}
