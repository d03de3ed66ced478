namespace PECHead.Research.Display;

/// <summary>Names the class that shows values of a type in a notebook.</summary>
/// <remarks>
/// Kernels for C# notebooks (.NET Interactive and those after it) find an attribute of this name by reflection, whatever
/// its namespace, so the library needs no reference to any of them. The formatter source has a parameterless constructor
/// and a method <c>CreateTypeFormatters()</c>; see <see cref="MimeFormatter"/> for what it returns.
/// </remarks>
/// <param name="formatterSourceType">The class that makes the formatters.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>The class that makes the formatters.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>What a value is shown as; all of these are sent and the front end picks the richest it can show.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}
