namespace PECHead.Research.Display;

/// <summary>Makes the formatters of a type; the class has a parameterless constructor.</summary>
internal interface ITypeFormatterSource
{
    /// <summary>One formatter per MIME type.</summary>
    IEnumerable<MimeFormatter> CreateTypeFormatters();
}
