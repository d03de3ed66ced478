namespace PECHead.Kernel.Cells;

/// <summary>One piece of output in several formats; a front end picks the richest it can show. Binary formats are base64.</summary>
public sealed class MimeBundle
{
    private readonly List<KeyValuePair<string, string>> _formats = [];

    /// <summary>An empty bundle.</summary>
    public MimeBundle()
    {
    }

    /// <summary>A bundle of one format.</summary>
    /// <param name="mimeType">For example <c>text/html</c>.</param>
    /// <param name="content">Text, or base64 of a binary format.</param>
    public MimeBundle(string mimeType, string content) => Add(mimeType, content);

    /// <summary>MIME types and contents in the order they were added.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Formats => _formats;

    /// <summary>The content in a format, or null.</summary>
    /// <param name="mimeType">For example <c>text/plain</c>.</param>
    public string? this[string mimeType] => _formats.Find(format => format.Key == mimeType).Value;

    /// <summary>Adds a format unless the bundle has it already.</summary>
    /// <param name="mimeType">For example <c>image/png</c>.</param>
    /// <param name="content">Text, or base64 of a binary format.</param>
    public void Add(string mimeType, string content)
    {
        if (this[mimeType] is null) _formats.Add(new(mimeType, content));
    }
}
