using System.Text.Json;
using System.Text.Json.Nodes;
using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Protocol;

/// <summary>Bundles as JSON objects the way Jupyter has them: text as strings, JSON formats as JSON.</summary>
internal static class MimeJson
{
    public static JsonObject From(MimeBundle bundle)
    {
        var json = new JsonObject();
        foreach (var (mimeType, content) in bundle.Formats) json[mimeType] = Content(mimeType, content);
        return json;
    }

    public static MimeBundle To(JsonObject json)
    {
        var bundle = new MimeBundle();
        foreach (var (mimeType, content) in json) bundle.Add(mimeType, content is JsonValue value && value.TryGetValue<string>(out var text) ? text : content?.ToJsonString() ?? "null");
        return bundle;
    }

    public static bool IsJson(string mimeType) => mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal);

    private static JsonNode? Content(string mimeType, string content)
    {
        if (!IsJson(mimeType)) return content;
        try
        {
            return JsonNode.Parse(content);
        }
        catch (JsonException)
        {
            // Shown as the text it is rather than lost.
            return content;
        }
    }
}
