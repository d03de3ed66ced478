using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>
/// Formatters that a type brings along without referencing any notebook package: an attribute of the simple name
/// <c>TypeFormatterSourceAttribute</c>, from whatever namespace, names a class whose <c>CreateTypeFormatters()</c> gives them.
/// </summary>
internal sealed class ConventionFormatters
{
    private const string AttributeName = "TypeFormatterSourceAttribute";
    private static readonly ConcurrentDictionary<Type, ConventionFormatters> Known = new();

    private readonly List<(string MimeType, Func<object, TextWriter, bool> Write)> _formatters = [];

    private ConventionFormatters(Type type)
    {
        foreach (var attribute in type.GetCustomAttributes(inherit: true).Where(attribute => attribute.GetType().Name == AttributeName))
        {
            var source = (Type?)Property(attribute, "FormatterSourceType") ?? throw Wrong(type, $"{AttributeName} needs a property FormatterSourceType");
            if (Property(attribute, "PreferredMimeTypes") is IEnumerable<string> preferred) Preferred = [.. preferred];
            foreach (var formatter in Create(type, source)) Add(type, formatter);
        }
    }

    public IReadOnlyList<string> Preferred { get; } = [];

    public IEnumerable<string> MimeTypes => _formatters.Select(formatter => formatter.MimeType).Distinct();

    public static ConventionFormatters For(Type type) => Known.GetOrAdd(type, key => new ConventionFormatters(key));

    /// <summary>Tries the type's formatters of a format in turn; one that answers false has left the value to the next.</summary>
    public bool TryWrite(object value, string mimeType, TextWriter writer)
        => _formatters.Exists(formatter => formatter.MimeType == mimeType && formatter.Write(value, writer));

    private static IEnumerable<object> Create(Type type, Type source)
    {
        var instance = Activator.CreateInstance(source, nonPublic: true)!;
        var create = source.GetMethod("CreateTypeFormatters", BindingFlags.Public | BindingFlags.Instance)
            ?? throw Wrong(type, $"{source.Name} needs a public method CreateTypeFormatters()");
        return ((IEnumerable?)create.Invoke(instance, null) ?? Array.Empty<object>()).Cast<object>();
    }

    private static object? Property(object owner, string name) => owner.GetType().GetProperty(name)?.GetValue(owner);

    private static InvalidOperationException Wrong(Type type, string message) => new($"The formatters of {type.Name} do not follow the convention: {message}.");

    private void Add(Type type, object formatter)
    {
        if (Property(formatter, "Type") is Type handled && !handled.IsAssignableFrom(type)) return;
        var mimeType = Property(formatter, "MimeType") as string ?? throw Wrong(type, $"{formatter.GetType().Name} needs a property MimeType");
        var methods = formatter.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(method => method.Name == "Format").ToList();
        var parameters = methods.Count == 1 ? methods[0].GetParameters() : [];
        if (parameters.Length != 2 || parameters[0].ParameterType != typeof(object) || parameters[1].ParameterType != typeof(TextWriter) || methods[0].ReturnType != typeof(bool))
        {
            throw Wrong(type, $"{formatter.GetType().Name} needs exactly one method bool Format(object, TextWriter)");
        }
        _formatters.Add((mimeType, methods[0].CreateDelegate<Func<object, TextWriter, bool>>(formatter)));
    }
}
