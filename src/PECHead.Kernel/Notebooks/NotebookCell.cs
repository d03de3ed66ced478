using System.Text.Json.Nodes;

namespace PECHead.Kernel.Notebooks;

/// <summary>One cell of a notebook file, over its JSON, so that what this program does not know survives.</summary>
public sealed class NotebookCell
{
    internal NotebookCell(JsonObject json) => Json = json;

    /// <summary>Whether it holds code.</summary>
    public bool IsCode => (string?)Json["cell_type"] == "code";

    /// <summary>Whether it holds text in Markdown.</summary>
    public bool IsText => (string?)Json["cell_type"] == "markdown";

    /// <summary>Its text.</summary>
    public string Source
    {
        get => NotebookJson.Text(Json["source"]);
        set => Json["source"] = NotebookJson.Lines(value);
    }

    /// <summary>Its tags, such as <c>parameters</c>, <c>raises-exception</c> and <c>skip-execution</c>.</summary>
    public IReadOnlyList<string> Tags => Json["metadata"]?["tags"] is JsonArray tags ? [.. tags.Select(tag => tag?.GetValue<string>() ?? "")] : [];

    /// <summary>What it put out, in the form of the file format.</summary>
    public JsonArray Outputs
    {
        get => Json["outputs"] as JsonArray ?? [];
        set => Json["outputs"] = value;
    }

    internal JsonObject Json { get; }

    /// <summary>A code cell.</summary>
    /// <param name="id">Unique in the notebook: letters, digits, dashes; up to 64.</param>
    /// <param name="source">C#.</param>
    /// <param name="tags">Its tags.</param>
    public static NotebookCell Code(string id, string source, params string[] tags)
    {
        var json = new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = id,
            ["metadata"] = tags.Length == 0 ? [] : new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) },
            ["outputs"] = new JsonArray(),
        };
        return new NotebookCell(json) { Source = source };
    }
}
