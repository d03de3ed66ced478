using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Value of the objective and of its terms.</summary>
/// <param name="Total">Scalar with a gradient: the weighted sum.</param>
/// <param name="Terms">Unweighted terms by name, without gradient, in the order of the objective.</param>
public sealed record ObjectiveValue(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Terms)
{
    /// <summary>The mean over the frames of a clip.</summary>
    /// <param name="values">At least one; all of the same objective.</param>
    public static ObjectiveValue Mean(IReadOnlyList<ObjectiveValue> values)
    {
        foreach (var part in values.SelectMany(value => value.Terms.Select(term => term.Value).Prepend(value.Total)))
            TensorGuard.Shape(part, nameof(values));
        Tensor Average(Func<ObjectiveValue, Tensor> part) => values.Select(part).Aggregate((sum, value) => sum + value) / values.Count;
        return values.Count == 1
            ? values[0]
            : new(Average(value => value.Total), [.. values[0].Terms.Select((term, i) => (term.Name, Average(value => value.Terms[i].Value)))]);
    }

    /// <summary>Reads the numbers, the sum under <c>total</c>; waits for the device.</summary>
    public IReadOnlyDictionary<string, double> ToNumbers()
    {
        var numbers = new Dictionary<string, double> { ["total"] = Total.ToDouble() };
        foreach (var (name, value) in Terms)
            numbers.Add(name, value.ToDouble());
        return numbers;
    }
}
