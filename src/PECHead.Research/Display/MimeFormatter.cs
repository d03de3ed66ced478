namespace PECHead.Research.Display;

/// <summary>Writes a value as one MIME type; the members are those that notebook kernels look for by name.</summary>
/// <param name="mimeType">For example image/png.</param>
/// <param name="write">The value as text: Base64 for pictures. Null: this value is left to the kernel.</param>
public sealed class MimeFormatter(string mimeType, Func<object, string?> write)
{
    /// <summary>PNG as Base64.</summary>
    public const string Png = "image/png";

    /// <summary>JPEG as Base64.</summary>
    public const string Jpeg = "image/jpeg";

    /// <summary>An SVG document.</summary>
    public const string Svg = "image/svg+xml";

    /// <summary>A piece of HTML; also what a value becomes inside of a table.</summary>
    public const string Html = "text/html";

    /// <summary>One line for consoles and diffs.</summary>
    public const string Plain = "text/plain";

    /// <summary>What <see cref="Format"/> writes.</summary>
    public string MimeType { get; } = mimeType;

    /// <summary>Writes a value.</summary>
    /// <param name="instance">A value of the type that carries the attribute.</param>
    /// <param name="writer">Receives the text.</param>
    /// <returns>False when nothing was written.</returns>
    public bool Format(object instance, TextWriter writer)
    {
        if (write(instance) is not { } text)
            return false;
        writer.Write(text);
        return true;
    }
}
