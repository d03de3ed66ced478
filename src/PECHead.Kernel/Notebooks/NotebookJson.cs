using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PECHead.Kernel.Notebooks;

/// <summary>JSON as Jupyter writes it: one space of indentation, sorted names, letters as they are. Saving there then makes no difference here.</summary>
internal static class NotebookJson
{
    private const char FirstLiteral = '\u007F';
    private const int EscapeLength = 6;

    private static readonly JsonWriterOptions Layout = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode? source) => source switch
    {
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        JsonValue text when text.TryGetValue<string>(out var whole) => whole,
        _ => "",
    };

    /// <summary>A text as the list of its lines, each with its end.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is var found and >= 0 ? found + 1 : text.Length;
            lines.Add(text[start..end]);
            start = end;
        }
        return lines;
    }

    public static string Write(JsonNode root)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Layout)) Write(writer, root);
        return Unescape(Encoding.UTF8.GetString(stream.ToArray())) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach (var (name, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case JsonArray elements:
                writer.WriteStartArray();
                foreach (var element in elements) Write(writer, element);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    /// <summary>The relaxed encoder still escapes rare letters and emoji, which Jupyter writes as they are, and control characters in capitals.</summary>
    private static string Unescape(string json)
    {
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            text.Append(json[i]);
            if (json[i] != '\\') continue;
            if (json[i + 1] != 'u')
            {
                text.Append(json[++i]);
                continue;
            }
            var letter = Code(json, i);
            if (letter >= FirstLiteral) text[^1] = letter;
            else text.Append(json.Substring(i + 1, EscapeLength - 1).ToLowerInvariant());
            i += EscapeLength - 1;
        }
        return text.ToString();
    }

    private static char Code(string json, int escape) => (char)Convert.ToInt32(json.Substring(escape + 2, 4), 16);
}
