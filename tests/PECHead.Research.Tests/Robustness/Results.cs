using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Touches what a call gave.</summary>
internal static class Results
{
    /// <summary>Reads every number of the tensors.</summary>
    public static void Read(object? result)
    {
        foreach (var tensor in Tensors(result))
            if (tensor.numel() > 0) tensor.detach().to(ScalarType.Float64).sum().ToDouble();
    }

    /// <summary>Computes the gradient of whatever has one.</summary>
    public static void Differentiate(object? result)
    {
        var sums = Tensors(result).Where(tensor => tensor.requires_grad).Select(tensor => tensor.to(ScalarType.Float64).sum()).ToList();
        if (sums.Count > 0) sums.Aggregate((total, sum) => total + sum).backward();
    }

    private static IEnumerable<Tensor> Tensors(object? result) => result switch
    {
        null or string => [],
        Tensor tensor => tensor.IsInvalid ? [] : [tensor],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i])),
        IEnumerable many => many.Cast<object?>().SelectMany(Tensors),
        _ when result.GetType().Assembly == typeof(TalkingHead).Assembly => result.GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.CanWrite)
            .SelectMany(property => Tensors(property.GetValue(result))),
        _ => [],
    };
}
