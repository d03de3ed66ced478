using System.Reflection;
using System.Runtime.CompilerServices;

namespace PECHead.Torch.Tests.Surface;

/// <summary>
/// Types as the published list of TorchSharp's API writes them: keywords for built-in types, short names for everything but types nested
/// below torch.nn and Modules, the names of tuple elements in a comment behind the type.
/// </summary>
internal sealed class TypeText(bool annotated)
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    private readonly NullabilityInfoContext _nullability = new();

    public string Of(ParameterInfo parameter) =>
        Write(parameter.ParameterType, annotated ? _nullability.Create(parameter) : null) + TupleNames(parameter);

    public string Of(FieldInfo field) => Write(field.FieldType, annotated ? _nullability.Create(field) : null) + TupleNames(field);

    public string Of(PropertyInfo property) =>
        Write(property.PropertyType, annotated ? _nullability.Create(property) : null) + TupleNames(property);

    public static string Of(Type type) => Write(type, null);

    /// <summary>The full name below the namespace TorchSharp, with the names of type parameters.</summary>
    public static string FullName(Type type)
    {
        var own = type.IsGenericType ? type.GetGenericArguments()[(type.DeclaringType?.GetGenericArguments().Length ?? 0)..] : [];
        var name = type.Name.Split('`')[0] + (own.Length == 0 ? string.Empty : $"<{string.Join(", ", own.Select(Of))}>");
        if (type.DeclaringType is { } outer)
            return $"{FullName(outer)}.{name}";
        var space = type.Namespace ?? string.Empty;
        return space.StartsWith("TorchSharp.", StringComparison.Ordinal) ? $"{space["TorchSharp.".Length..]}.{name}" : name;
    }

    private static string Write(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
            return Write(type.GetElementType()!, nullability?.ElementType ?? nullability);
        if (type.IsGenericParameter)
            return type.Name;
        // Inside T? of a value type the nullability of the parts is that of the whole.
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Write(underlying, null) + "?";
        var mark = !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? "?" : string.Empty;
        if (type.IsArray)
            return $"{Write(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        return (Keywords.GetValueOrDefault(type) ?? Name(type, nullability)) + mark;
    }

    private static string Name(Type type, NullabilityInfo? nullability)
    {
        var arguments = type.GetGenericArguments()
            .Select((argument, i) => Write(argument, i < nullability?.GenericTypeArguments.Length ? nullability.GenericTypeArguments[i] : null))
            .ToArray();
        if (type.IsAssignableTo(typeof(ITuple)) && type.IsValueType && !type.ContainsGenericParameters)
            return $"({string.Join(", ", arguments)})";
        var shortName = type.Name.Split('`')[0];
        if (type.DeclaringType is { } outer && outer.FullName is not ("TorchSharp.torch" or "TorchSharp.torch+nn"))
            return FullName(type);
        return arguments.Length == 0 ? shortName : $"{shortName}<{string.Join(", ", arguments)}>";
    }

    private static string TupleNames(ICustomAttributeProvider member) =>
        member.GetCustomAttributes(typeof(TupleElementNamesAttribute), false) is [TupleElementNamesAttribute names]
            ? $"/*{string.Join(",", names.TransformNames)}*/"
            : string.Empty;
}
