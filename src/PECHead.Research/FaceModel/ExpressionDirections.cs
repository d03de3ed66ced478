using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Named directions of the expression space: adding amount · step to β makes the named expression.</summary>
/// <remarks>
/// An amount of 1 is the full expression that the model has seen, 0 leaves β alone; between them the geometric measures that
/// name the direction grow evenly. Amounts beyond 1 or below 0 are allowed and leave the calibrated range.
/// </remarks>
public sealed class ExpressionDirections
{
    private readonly Dictionary<string, ExpressionDirection> _directions;

    /// <summary>Takes the directions as they are.</summary>
    /// <param name="directions">By name; the same E for all.</param>
    /// <exception cref="ArgumentException">Directions of different sizes.</exception>
    public ExpressionDirections(IEnumerable<KeyValuePair<string, ExpressionDirection>> directions)
    {
        _directions = new Dictionary<string, ExpressionDirection>(directions, StringComparer.Ordinal);
        if (_directions.Values.SelectMany(direction => new[] { direction.Step.Count, direction.Readout.Count }).Distinct().Count() > 1)
            throw new ArgumentException("Expression directions have different sizes.", nameof(directions));
        Names = [.. _directions.Keys];
    }

    /// <summary>Of a reconstructor that has none.</summary>
    public static ExpressionDirections None { get; } = new([]);

    /// <summary>The names, in order of their definition.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>One direction.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">No such name; the message lists those there are.</exception>
    public ExpressionDirection this[string name] => _directions.TryGetValue(name, out var direction)
        ? direction
        : throw new ArgumentException($"No expression direction '{name}'; there are: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>Adds an expression to faces, differentiable in their coefficients.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="amount">0 for none, 1 for all of it.</param>
    /// <returns>Coefficients that share all but the expression with <paramref name="coefficients"/>.</returns>
    /// <exception cref="ArgumentException">No such name, or coefficients of another model.</exception>
    public FaceCoefficients Apply(FaceCoefficients coefficients, string name, double amount)
    {
        FaceCoefficients.Require(coefficients, nameof(coefficients));
        var step = this[name].Step;
        TensorGuard.Shape(coefficients.Expression, nameof(coefficients), TensorGuard.Any, step.Count);
        using var scope = NewDisposeScope();
        return coefficients with
        {
            Expression = (coefficients.Expression + (Like(step, coefficients.Expression) * amount)).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>How much of each named expression faces show: what a row of bars would draw.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <returns>[N, names] in [0, 1], linear in β between the ends.</returns>
    /// <exception cref="ArgumentException">Coefficients of another model.</exception>
    public Tensor Amounts(FaceCoefficients coefficients)
    {
        FaceCoefficients.Require(coefficients, nameof(coefficients));
        if (Names.Count == 0)
            return zeros(coefficients.Count, 0, coefficients.Expression.dtype, coefficients.Expression.device);
        TensorGuard.Shape(coefficients.Expression, nameof(coefficients), TensorGuard.Any, this[Names[0]].Step.Count);
        using var scope = NewDisposeScope();
        var readouts = stack(Names.Select(name => Like(this[name].Readout, coefficients.Expression)).ToArray(), 1);
        return matmul(coefficients.Expression, readouts).clamp(0, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Like(IReadOnlyList<float> values, Tensor like) =>
        tensor(values.ToArray()).to(like.dtype).to(like.device);
}
