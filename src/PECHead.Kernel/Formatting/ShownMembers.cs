using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>What of an object is looked at when it is shown.</summary>
internal static class ShownMembers
{
    /// <summary>Whether a type is shown as one piece of text.</summary>
    /// <remarks>
    /// <b>Choice:</b> disposable types are, too: their properties may cost native memory or time, as those of a tensor do.
    /// </remarks>
    public static bool IsScalar(Type type)
        => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(object)
            || typeof(IFormattable).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)
            || type == typeof(Uri) || type == typeof(Version) || type == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type)
            || type == typeof(BigInteger) || typeof(Exception).IsAssignableFrom(type)
            || (typeof(IDisposable).IsAssignableFrom(type) && !typeof(IEnumerable).IsAssignableFrom(type));

    public static string Text(object value) => value switch
    {
        Type type => Name(type),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The public properties and fields in the order of their declaration, bases last.</summary>
    public static IReadOnlyList<(string Name, Func<object, object?> Get)> Of(Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetMethod!.IsPublic && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike
                && !property.PropertyType.IsPointer && !property.PropertyType.IsByRef && property.Name != "EqualityContract")
            .DistinctBy(property => property.Name)
            .Select(property => (property.Name, (Func<object, object?>)(owner => Read(() => property.GetValue(owner)))));
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Where(field => !field.FieldType.IsPointer)
            .Select(field => (field.Name, (Func<object, object?>)(owner => field.GetValue(owner))));
        return [.. properties, .. fields];
    }

    /// <summary>The first elements, and how many more there are: negative if nobody knows.</summary>
    public static (List<object?> Elements, int More) Take(IEnumerable sequence)
    {
        var limit = Math.Max(1, Formatter.ListExpansionLimit);
        var elements = new List<object?>();
        foreach (var element in sequence)
        {
            if (elements.Count == limit) return (elements, sequence is ICollection counted ? counted.Count - limit : -1);
            elements.Add(element);
        }
        return (elements, 0);
    }

    public static string Rest(int more) => more < 0 ? "(more...)" : $"({more} more)";

    /// <summary>A type as it is written in C#.</summary>
    public static string Name(Type type)
    {
        if (type.Name.Contains("AnonymousType", StringComparison.Ordinal)) return "(anonymous)";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (!type.IsGenericType) return type.FullName is { } full && !full.StartsWith("Submission#", StringComparison.Ordinal) ? full.Replace('+', '.') : type.Name;
        var name = type.GetGenericTypeDefinition().Name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? name : name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    private static object? Read(Func<object?> get)
    {
        try
        {
            return get();
        }
        catch (TargetInvocationException failure)
        {
            // One property that throws does not make the others unreadable.
            return $"({failure.InnerException?.GetType().Name}: {failure.InnerException?.Message})";
        }
    }
}
