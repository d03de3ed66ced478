using System.Diagnostics;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using PECHead.Research.Layers;
using PECHead.Research.Runtime;
using static TorchSharp.torch;

namespace PECHead.Experiments.Profiling;

/// <summary>One call of a module.</summary>
/// <param name="Name">Its path in the model.</param>
/// <param name="Start">Seconds since the clock began.</param>
/// <param name="Duration">Seconds in all.</param>
/// <param name="Self">Seconds without those of modules that it called; processor time on one thread, which other programs do not lengthen.</param>
/// <param name="Products">Multiplications with its own weights.</param>
/// <param name="Bytes">Own weights, what came in and what went out, each once; 0 where it called other modules.</param>
internal sealed record ModuleCall(string Name, double Start, double Duration, double Self, double Products, double Bytes);

/// <summary>Watches the calls of all modules of a model.</summary>
internal sealed class ModuleClock
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly BusyClock _busy;
    private readonly Stack<Open> _open = [];

    /// <summary>Begins to watch, for the rest of the model's life.</summary>
    public ModuleClock(nn.Module model, BusyClock busy)
    {
        _busy = busy;
        foreach (var (name, module) in model.named_modules()) Watch(name, module);
    }

    /// <summary>The calls that have ended, in that order.</summary>
    public List<ModuleCall> Calls { get; } = [];

    /// <summary>Watches what is no module.</summary>
    public T Span<T>(string name, Func<T> work)
    {
        Enter(name);
        var result = work();
        Leave(null, [], null);
        return result;
    }

    private void Enter(string name) => _open.Push(new Open(name, _watch.Elapsed.TotalSeconds, _busy.Seconds));

    private void Leave(nn.Module? module, object?[] inputs, object? output)
    {
        var open = _open.Pop();
        double busy = _busy.Seconds - open.Busy;
        var (given, made) = (inputs.SelectMany(Tensors).ToList(), Tensors(output).ToList());
        Calls.Add(new ModuleCall(
            open.Name, open.Start, _watch.Elapsed.TotalSeconds - open.Start, busy - open.Inner, Products(module, given, made),
            module is null || open.Inner > 0 ? 0 : given.Concat(made).Concat(module.parameters(recurse: false)).Sum(tensor => (double)tensor.numel() * tensor.element_size())));
        if (_open.TryPeek(out var outer)) outer.Inner += busy;
    }

    private static double Products(nn.Module? module, List<Tensor> given, List<Tensor> made)
    {
        if (module is null || made.Count == 0) return 0;
        if (module is ICountedArithmetic counted) return counted.Products(given[0], made[0]);
        return module.parameters(recurse: false).Where(weight => weight.ndim is 2 or 4 or 5).Sum(weight => (double)made[0].numel() * weight.numel() / weight.size(0));
    }

    private static IEnumerable<Tensor> Tensors(object? value) => value switch
    {
        Tensor tensor => [tensor],
        ITensorRecord record => record.Tensors,
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i])),
        IEnumerable<object?> list => list.SelectMany(Tensors),
        _ => [],
    };

    // The base of every module that can be watched has its delegates as type arguments.
    private void Watch(string name, nn.Module module)
    {
        var type = module.GetType();
        while (type is not null && !(type.IsGenericType && type.Name.StartsWith("HookableModule", StringComparison.Ordinal))) type = type.BaseType;
        if (type is null) return;
        var kinds = type.GetGenericArguments();
        type.GetMethod("register_forward_pre_hook", [kinds[0]])!.Invoke(module, [Hook(kinds[0], _ => Enter(name))]);
        type.GetMethod("register_forward_hook", [kinds[1]])!.Invoke(module, [Hook(kinds[1], given => Leave(module, given[1..^1], given[^1]))]);
    }

    // A delegate of any signature that calls the action and changes nothing: it returns the last argument where that has the type asked for.
    private static Delegate Hook(Type kind, Action<object?[]> action)
    {
        var signature = kind.GetMethod("Invoke")!;
        ParameterExpression[] parameters = [.. signature.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType))];
        var call = Expression.Invoke(
            Expression.Constant(action), Expression.NewArrayInit(typeof(object), parameters.Select(parameter => Expression.Convert(parameter, typeof(object)))));
        Expression result = parameters[^1].Type == signature.ReturnType ? parameters[^1] : Expression.Default(signature.ReturnType);
        return Expression.Lambda(kind, Expression.Block(call, result), parameters).Compile();
    }

    private sealed class Open(string name, double start, double busy)
    {
        public string Name => name;

        public double Start => start;

        public double Busy => busy;

        public double Inner { get; set; }
    }
}
