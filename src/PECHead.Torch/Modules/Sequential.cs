using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules applied one after another, named 0, 1, 2 … or as given.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.Module<Tensor, Tensor>> _steps = [];

    internal Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : this(modules?.Select((module, i) => (i.ToString(CultureInfo.InvariantCulture), module)).ToArray()!)
    {
    }

    internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential))
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var (name, module) in modules)
        {
            register_module(name, module);
            _steps.Add(module);
        }
    }

    public int Count => _steps.Count;

    public override Tensor forward(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var result = tensor;
        foreach (var step in _steps) result = step.call(result);
        return ReferenceEquals(result, tensor) ? result : result.MoveToOuterDisposeScope();
    }
}
