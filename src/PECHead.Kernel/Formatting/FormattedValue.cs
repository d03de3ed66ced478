namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Text in a format of its own; a sequence of them is one output in several formats.</summary>
/// <param name="mimeType">For example <c>image/png</c> or <c>application/vnd.vegalite.v5+json</c>.</param>
/// <param name="value">The text; base64 for binary formats.</param>
public sealed class FormattedValue(string mimeType, string value)
{
    /// <summary>The format.</summary>
    public string MimeType { get; } = mimeType;

    /// <summary>The text.</summary>
    public string Value { get; } = value;
}
