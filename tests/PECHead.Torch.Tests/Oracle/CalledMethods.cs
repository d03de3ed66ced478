using System.Reflection;
using System.Reflection.Emit;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>The methods that the code of a type calls, read from its intermediate language, lambdas included.</summary>
internal static class CalledMethods
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    internal static HashSet<MethodBase> Of(Type type)
    {
        var found = new HashSet<MethodBase>();
        foreach (var nested in type.GetNestedTypes(Everything).Prepend(type))
        {
            foreach (var method in nested.GetMethods(Everything)) Read(method, found);
        }
        return found;
    }

    private static void Read(MethodInfo method, HashSet<MethodBase> found)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[++at])) : code[at];
            at++;
            var operation = OpCodesByValue[value];
            if (operation.OperandType is OperandType.InlineMethod) found.Add(Resolve(method, BitConverter.ToInt32(code, at)));
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static MethodBase Resolve(MethodInfo caller, int token)
    {
        var typeArguments = caller.DeclaringType!.IsGenericType ? caller.DeclaringType.GetGenericArguments() : null;
        var called = caller.Module.ResolveMethod(token, typeArguments, caller.IsGenericMethod ? caller.GetGenericArguments() : null)!;
        return called is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : called;
    }
}
