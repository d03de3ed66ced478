using System.Reflection;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Robustness;

/// <summary>Null where a tensor belongs, and tensors that were disposed, in every public function.</summary>
public sealed class AbsentAndDisposedTests
{
    private static readonly Type[] Functions =
        [typeof(torch), typeof(nn), typeof(nn.functional), typeof(nn.init), typeof(nn.utils), typeof(optim), typeof(autograd), typeof(torch.random), typeof(TensorExtensionMethods)];

    // What a disposed tensor still answers.
    private static readonly string[] Alive =
        ["Dispose", "ToString", "Equals", "GetHashCode", "get_IsInvalid", "GetType", "DetachFromDisposeScope", "MoveToOuterDisposeScope", "MoveToOtherDisposeScope"];

    public static TheoryData<string> StaticFunctions => [.. Functions.SelectMany(Methods).Where(method => method.IsStatic).Select(Describe).Distinct()];

    public static TheoryData<string> TensorMethods => [.. Methods(typeof(Tensor)).Select(Describe).Distinct()];

    [Theory]
    [MemberData(nameof(StaticFunctions))]
    public void Null_for_every_tensor_is_refused_or_allowed_but_never_dereferenced(string function)
    {
        foreach (var method in Functions.SelectMany(Methods).Where(method => method.IsStatic && Describe(method) == function))
        {
            using var scope = NewDisposeScope();
            AssertProper(method, Record.Exception(() => method.Invoke(null, [.. method.GetParameters().Select(Absent)])));
        }
    }

    [Theory]
    [MemberData(nameof(TensorMethods))]
    public void Null_beside_a_tensor_is_refused_or_allowed_but_never_dereferenced(string function)
    {
        foreach (var method in Methods(typeof(Tensor)).Where(method => Describe(method) == function))
        {
            using var scope = NewDisposeScope();
            var receiver = method.IsStatic ? null : rand(2, 2);
            AssertProper(method, Record.Exception(() => method.Invoke(receiver, [.. method.GetParameters().Select(Absent)])));
        }
    }

    [Theory]
    [MemberData(nameof(TensorMethods))]
    public void A_disposed_tensor_is_refused(string function)
    {
        foreach (var method in Methods(typeof(Tensor)).Where(method => Describe(method) == function))
        {
            using var scope = NewDisposeScope();
            var disposed = rand(2, 2);
            disposed.Dispose();
            var tensors = method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Tensor));
            if (method.IsStatic && !tensors) continue;
            var error = Record.Exception(() => method.Invoke(method.IsStatic ? null : disposed, [.. method.GetParameters().Select(parameter => Given(parameter, disposed))]));
            if (Alive.Contains(method.Name)) Assert.Null(error);
            else Assert.True(error is TargetInvocationException { InnerException: { } inner } && Refusal.IsProper(inner), $"{method}: {error?.InnerException ?? error}");
        }
    }

    [Fact]
    public void A_tensor_whose_memory_a_parameter_took_over_is_refused_like_a_disposed_one()
    {
        using var scope = NewDisposeScope();
        var data = rand(2, 2);
        using var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.All<Action>([() => _ = data.shape, () => _ = data.dtype, () => data.exp(), () => data.backward(), () => _ = data.grad, () => _ = new Parameter(data)], call => Refusal.Of(call));
        Assert.Equal([2L, 2L], parameter.shape);
        data.Dispose();
        Assert.Equal([2L, 2L], parameter.shape);
    }

    [Fact]
    public void Disposed_tensors_in_lists_and_gradients_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        var disposed = rand(2);
        disposed.Dispose();
        var alive = rand([2L], requires_grad: true);
        Assert.Contains("aten::cat", Refusal.Of(() => cat([alive, disposed])), StringComparison.Ordinal);
        Assert.Contains("a disposed tensor", Refusal.Of(() => cat([alive, disposed])), StringComparison.Ordinal);
        Assert.Contains("argument 1", Refusal.Of(() => alive.matmul(disposed)), StringComparison.Ordinal);
        Refusal.Of(() => alive.grad = disposed);
        Refusal.Of(() => autograd.backward([alive.exp()], [disposed]));
        Refusal.Of(() => autograd.grad([alive.exp()], [alive, null!]));
        Refusal.Of(() => _ = alive[TensorIndex.Tensor(disposed)]);
        Refusal.Of(() => nn.Linear(2, 2).call(disposed));
        Assert.Equal(2, alive.numel());
    }

    [Fact]
    public void Modules_without_an_input_refuse_it()
    {
        Assert.All<nn.Module<Tensor, Tensor>>(
            [nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1, padding: 1, padding_mode: PaddingModes.Reflect), nn.Linear(1, 1), nn.BatchNorm2d(1), nn.InstanceNorm2d(1), nn.ReLU(), nn.ReLU(true), nn.LeakyReLU(), nn.Sigmoid(), nn.Sequential(nn.ReLU())],
            module => Refusal.Of(() => module.call(null!)));
    }

    [Fact]
    public void A_disposed_generator_is_refused()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        generator.Dispose();
        generator.Dispose();
        Assert.All<Action>(
            [() => rand([2L], generator: generator), () => generator.get_state(), () => generator.manual_seed(1), () => generator.initial_seed(), () => generator.set_state(ones(3))],
            call => Refusal.Of(call));
    }

    private static IEnumerable<MethodInfo> Methods(Type type)
        => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.ContainsGenericParameters && !Array.Exists(method.GetParameters(), parameter => parameter.ParameterType.IsByRefLike) && !method.ReturnType.IsByRefLike);

    private static string Describe(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>Null, zero or the default: what a careless caller passes.</summary>
    private static object? Absent(ParameterInfo parameter)
        => parameter.HasDefaultValue && parameter.DefaultValue is not null ? parameter.DefaultValue
            : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;

    private static object? Given(ParameterInfo parameter, Tensor disposed)
    {
        if (parameter.ParameterType == typeof(Tensor)) return disposed;
        if (parameter.ParameterType == typeof(Scalar)) return (Scalar)1;
        if (parameter.ParameterType == typeof(long[])) return new long[] { 0 };
        return parameter.ParameterType == typeof(TensorIndex[]) ? new[] { TensorIndex.Colon } : Absent(parameter);
    }

    private static void AssertProper(MethodInfo method, Exception? error)
        => Assert.True(error is null or TargetInvocationException { InnerException: TorchException or ArgumentException or NotSupportedException }, $"{method}: {error?.InnerException ?? error}");
}
