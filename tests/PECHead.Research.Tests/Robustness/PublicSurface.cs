using System.Reflection;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Finds what takes tensors from outside.</summary>
internal static class PublicSurface
{
    private static readonly Assembly Library = typeof(TalkingHead).Assembly;

    // Made by the compiler for records, and what only hands tensors from scope to scope or device to device.
    private static readonly HashSet<string> Plain =
    [
        "Equals", "Deconstruct", "<Clone>$", "GetHashCode", "ToString", "op_Equality", "op_Inequality", "op_Implicit",
        "MoveToOuterDisposeScope", "DetachFromDisposeScope", "Dispose", "Free", "Detach", "Alias", "Copy", "To", "ToNumbers", "RequireFace",
    ];

    /// <summary>Type.Method(parameters with tensors), sorted.</summary>
    public static IReadOnlyList<string> Entries { get; } =
        [.. Library.GetExportedTypes().Where(type => !type.IsInterface && !typeof(Delegate).IsAssignableFrom(type)).SelectMany(Of).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(Type type)
    {
        bool isRecord = IsRecord(type);
        if (!isRecord)
        {
            foreach (var constructor in type.GetConstructors().Where(constructor => constructor.GetParameters().Any(Bears)))
                yield return Name(type, "new", constructor);
        }
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            if (method.IsAbstract || method.IsSpecialName || Plain.Contains(method.Name)) continue;
            if (method.GetParameters().Any(Bears) || (isRecord && !method.IsStatic && Bears(type, []))) yield return Name(type, method.Name, method);
        }
    }

    private static string Name(Type type, string method, MethodBase of)
        => $"{type.Name}.{method}({string.Join(", ", of.GetParameters().Where(Bears).Select(parameter => parameter.Name))})";

    private static bool IsRecord(Type type)
        => type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool Bears(ParameterInfo parameter) => Bears(parameter.ParameterType, []);

    private static bool Bears(Type type, HashSet<Type> seen)
    {
        if (type == typeof(Tensor) || typeof(ITensorRecord).IsAssignableFrom(type)) return true;
        if (type.HasElementType) return Bears(type.GetElementType()!, seen);
        if (!seen.Add(type)) return false;
        if (type.IsGenericType && type.GetGenericArguments().Any(argument => Bears(argument, seen))) return true;
        // Other types check their tensors when they are made.
        return type.Assembly == Library && IsRecord(type)
            && type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => Bears(parameter.ParameterType, seen)));
    }
}
