using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Value of the objective and of its terms.</summary>
/// <param name="Total">Scalar with a gradient: the weighted sum.</param>
/// <param name="Terms">Unweighted terms by name, without gradient, in the order of the objective.</param>
public sealed record ObjectiveValue(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Terms)
{
    /// <summary>Evaluates terms and sums them up with their weights.</summary>
    /// <param name="terms">Names, weights λ and scalars; a term of weight 0 is not evaluated.</param>
    /// <exception cref="ArgumentException">No term has a weight.</exception>
    internal static ObjectiveValue Sum(params IEnumerable<(string Name, double Weight, Func<Tensor> Evaluate)> terms)
    {
        using var scope = NewDisposeScope();
        var values = terms.Where(term => term.Weight > 0).Select(term => (term.Name, term.Weight, Value: term.Evaluate())).ToList();
        if (values.Count == 0) throw new ArgumentException("Every weight is 0: there is nothing to minimise.", nameof(terms));
        var total = values.Select(term => term.Value * term.Weight).Aggregate((sum, term) => sum + term);
        return new ObjectiveValue(
            total.MoveToOuterDisposeScope(),
            values.ConvertAll(term => (term.Name, term.Value.detach().MoveToOuterDisposeScope())));
    }

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
