using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PECHead.Torch.Tests.Surface;

/// <summary>The public and protected surface of types, one line a member, in the format of the published list of TorchSharp's API.</summary>
/// <param name="annotated">
/// Whether reference types carry a question mark where they may be null. Parts of TorchSharp are compiled without such annotations; the
/// list then has none in the line.
/// </param>
internal sealed class SurfaceDump(bool annotated)
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly TypeText _types = new(annotated);

    /// <summary>All lines of the types that are visible outside the assembly, in the order of reflection.</summary>
    public IEnumerable<string> Lines(IEnumerable<Type> types) => types.Where(type => type.IsVisible).SelectMany(LinesOf);

    private IEnumerable<string> LinesOf(Type type)
    {
        var name = TypeText.FullName(type);
        if (type.IsEnum)
            return [$"{name} :: enum : {TypeText.Of(type.GetEnumUnderlyingType())} {{ {string.Join(", ", EnumMembers(type))} }}"];
        if (type.IsAssignableTo(typeof(Delegate)))
            return [$"{name} :: delegate {Signature(type.GetMethod("Invoke")!)}"];
        return [$"{name} :: {Header(type)}", .. type.GetMembers(Declared).SelectMany(member => Line(name, member))];
    }

    private static IEnumerable<string> EnumMembers(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (field.Name, Value: Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)))
        .OrderBy(member => member.Value)
        .Select(member => $"{member.Name}={member.Value}");

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var hasBase = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType);
        var interfaces = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(contract => contract.IsVisible);
        var bases = (hasBase ? [type.BaseType!] : Enumerable.Empty<Type>()).Concat(interfaces).Select(TypeText.Of).ToArray();
        return bases.Length == 0 ? kind : $"{kind} : {string.Join(", ", bases)}";
    }

    private IEnumerable<string> Line(string type, MemberInfo member)
    {
        switch (member)
        {
            case ConstructorInfo { IsStatic: false } constructor when IsSeen(constructor):
                yield return $"{type}.ctor :: {Modifiers(constructor)}({Parameters(constructor)})";
                break;
            // Accessors appear with their property; a finalizer is no API.
            case MethodInfo method when IsSeen(method) && method.Name != "Finalize" && !IsAccessor(method):
                yield return $"{type}.{method.Name}{TypeParameters(method)}({Parameters(method)}) :: {Modifiers(method)}{_types.Of(method.ReturnParameter)}{Constraints(method)}";
                break;
            case PropertyInfo property when property.GetAccessors(true).FirstOrDefault(IsSeen) is { } accessor:
                yield return $"{type}.{PropertyName(property)} :: {Modifiers(accessor)}{_types.Of(property)} {Accessors(property)}";
                break;
            case FieldInfo field when (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName:
                yield return $"{type}.{field.Name} :: {FieldModifiers(field)}{_types.Of(field)}";
                break;
        }
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && (method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name.StartsWith("set_", StringComparison.Ordinal));

    private string PropertyName(PropertyInfo property)
    {
        // The accessor's parameters know their nullability, the property's own copies do not.
        var count = property.GetIndexParameters().Length;
        var accessor = property.GetMethod ?? property.SetMethod!;
        return count == 0 ? property.Name : $"this[{string.Join(", ", accessor.GetParameters().Take(count).Select(Parameter))}]";
    }

    private static string Accessors(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter && IsSeen(getter) ? "get; " : string.Empty;
        var set = property.SetMethod is { } setter && IsSeen(setter) ? "set; " : string.Empty;
        return $"{{ {get}{set}}}";
    }

    private static string FieldModifiers(FieldInfo field) =>
        (IsObsolete(field) ? "[Obsolete] " : string.Empty)
        + (field.IsPublic ? string.Empty : "protected ")
        + (field.IsLiteral ? "const " : field.IsStatic ? "static " : string.Empty)
        + (field.IsInitOnly ? "readonly " : string.Empty);

    private static string Modifiers(MethodBase method)
    {
        var slot = method switch
        {
            { DeclaringType.IsInterface: true } or { IsVirtual: false } => string.Empty,
            MethodInfo info when info.GetBaseDefinition() != info => "override ",
            { IsAbstract: true } => "abstract ",
            { IsFinal: true } => string.Empty,
            _ => "virtual ",
        };
        return (IsObsolete(method) ? "[Obsolete] " : string.Empty)
            + (method.IsPublic ? string.Empty : "protected ")
            + (method.IsStatic ? "static " : string.Empty)
            + slot;
    }

    private static bool IsObsolete(MemberInfo member) => member.IsDefined(typeof(ObsoleteAttribute), false);

    private static string TypeParameters(MethodInfo method) => method.IsGenericMethod
        ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeText.Of))}>"
        : string.Empty;

    private static string Constraints(MethodInfo method) => method.IsGenericMethod
        ? string.Concat(method.GetGenericArguments().Select(Constraint))
        : string.Empty;

    private static string Constraint(Type parameter)
    {
        var kinds = parameter.GenericParameterAttributes switch
        {
            var flags when flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) => ["struct"],
            var flags when flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) => ["class"],
            _ => Enumerable.Empty<string>(),
        };
        var all = kinds.Concat(parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(TypeText.Of)).ToArray();
        return all.Length == 0 ? string.Empty : $" where {parameter.Name} : {string.Join(", ", all)}";
    }

    private string Signature(MethodInfo method) => $"{_types.Of(method.ReturnParameter)} ({Parameters(method)})";

    private string Parameters(MethodBase method) => string.Join(
        ", ",
        method.GetParameters().Select((parameter, i) => (i == 0 && method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : string.Empty) + Parameter(parameter)));

    private string Parameter(ParameterInfo parameter)
    {
        var direction = parameter switch
        {
            { IsOut: true, ParameterType.IsByRef: true } => "out ",
            { IsIn: true, ParameterType.IsByRef: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ => parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : string.Empty,
        };
        var value = parameter.HasDefaultValue ? $" = {Default(parameter)}" : string.Empty;
        return $"{direction}{_types.Of(parameter)} {parameter.Name}{value}";
    }

    private static string Default(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.DefaultValue switch
        {
            null => parameter.ParameterType.IsValueType && type == parameter.ParameterType ? "default" : "null",
            var value when type.IsEnum => $"{type.Name}.{Enum.GetName(type, value)}",
            bool flag => flag ? "true" : "false",
            string text => $"\"{text}\"",
            float number => number.ToString(CultureInfo.InvariantCulture) + "f",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            var value => value.ToString()!,
        };
    }
}
