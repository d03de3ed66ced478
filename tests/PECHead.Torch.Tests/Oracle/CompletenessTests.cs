using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>Nothing that computes escapes the table: a new public function fails here until a case calls it.</summary>
public sealed class CompletenessTests
{
    private static readonly Type[] Surface =
        [typeof(torch), typeof(Tensor), typeof(nn), typeof(nn.functional), typeof(nn.init), typeof(nn.utils), typeof(torch.linalg), typeof(optim), typeof(autograd), typeof(torch.random)];

    /// <summary>What no case calls, and why that is right. A name stands for all of its overloads.</summary>
    private static readonly Dictionary<string, string> Exempt = new()
    {
        ["torch.tensor"] = "copies memory; CreationOverloadTests compares every overload with the array it was given",
        ["torch.from_array"] = "copies memory; CreationOverloadTests",
        ["Tensor.op_Implicit"] = "copies a number; CreationOverloadTests",
        ["torch.empty"] = "its numbers are undefined; CreationOverloadTests compares shapes and types",
        ["torch.zeros"] = "CreationOverloadTests compares the overloads with the one that the table has",
        ["torch.ones"] = "CreationOverloadTests compares the overloads with the one that the table has",
        ["torch.rand"] = "CreationOverloadTests compares the overloads with the one that the table has",
        ["torch.randn"] = "CreationOverloadTests compares the overloads with the one that the table has",
        ["Tensor.cuda"] = "the oracle's libtorch has no CUDA",
        ["Tensor.requires_grad_"] = "a switch, not a computation; AutogradTests",
        ["Tensor.with_requires_grad"] = "a switch, not a computation; AutogradTests",
        ["Tensor.MoveToOuterDisposeScope"] = "ownership; DisposeScopeTests",
        ["Tensor.MoveToOtherDisposeScope"] = "ownership; DisposeScopeTests",
        ["Tensor.DetachFromDisposeScope"] = "ownership; DisposeScopeTests",
        ["Tensor.UnsafeCreateTensor"] = "ownership; OwnershipTests",
        ["torch.WrappedTensorDisposeScope"] = "ownership; DisposeScopeTests",
        ["nn.ModuleList"] = "a container that is not called; ModuleTests",
    };

    [Fact]
    public void Every_public_function_that_gives_tensors_or_modules_is_called_by_a_case()
    {
        var called = CalledMethods.Of(typeof(OracleCases));
        var missing = Surface.SelectMany(Computing)
            .Where(method => !called.Contains(method) && !Exempt.ContainsKey(Name(method)))
            .Select(method => $"{Name(method)}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})")
            .ToList();
        Assert.True(missing.Count == 0, string.Join(Environment.NewLine, missing));
    }

    [Fact]
    public void Every_exemption_is_of_a_function_that_exists()
    {
        var names = Surface.SelectMany(Computing).Select(Name).ToHashSet();
        Assert.All(Exempt.Keys, name => Assert.Contains(name, names));
    }

    private static IEnumerable<MethodInfo> Computing(Type type)
        => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.Name != "op_Explicit" && (Computes(method.ReturnType) || method.Name.StartsWith("set_Item", StringComparison.Ordinal)));

    private static bool Computes(Type type)
        => typeof(Tensor).IsAssignableFrom(type)
            || typeof(nn.Module).IsAssignableFrom(type)
            || typeof(optim.Optimizer).IsAssignableFrom(type)
            || type == typeof(Tensor[])
            || (type.IsGenericType && type.GetGenericArguments().Contains(typeof(Tensor)) && type.Name.StartsWith("ValueTuple", StringComparison.Ordinal))
            || type == typeof(IList<Tensor>);

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
