using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Named directions of the expression space: adding amount · direction to β makes the named expression.</summary>
/// <remarks>
/// An amount of 1 is the full expression that the model has seen, 0 leaves β alone; between them the geometric measure that
/// names the direction grows evenly. Amounts beyond 1 or below 0 are allowed and leave the calibrated range.
/// </remarks>
public sealed class ExpressionDirections
{
    private readonly Dictionary<string, float[]> _directions;

    /// <summary>Takes the directions as they are.</summary>
    /// <param name="directions">Name to E numbers; the same E for all.</param>
    /// <exception cref="ArgumentException">Directions of different sizes.</exception>
    public ExpressionDirections(IEnumerable<KeyValuePair<string, float[]>> directions)
    {
        _directions = new Dictionary<string, float[]>(directions, StringComparer.Ordinal);
        if (_directions.Values.Select(direction => direction.Length).Distinct().Count() > 1)
            throw new ArgumentException("Expression directions have different sizes.", nameof(directions));
        Names = [.. _directions.Keys];
    }

    /// <summary>Of a reconstructor that has none.</summary>
    public static ExpressionDirections None { get; } = new([]);

    /// <summary>The names, in order of their definition.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>One direction.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>E numbers to add to β for the full expression.</returns>
    /// <exception cref="ArgumentException">No such name; the message lists those there are.</exception>
    public ReadOnlySpan<float> this[string name] => Find(name);

    /// <summary>Adds an expression to a face.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="amount">0 for none, 1 for all of it.</param>
    /// <returns>Coefficients that share all but the expression with <paramref name="coefficients"/>.</returns>
    /// <exception cref="ArgumentException">No such name, or coefficients of another model.</exception>
    public FaceCoefficients Apply(FaceCoefficients coefficients, string name, double amount)
    {
        ArgumentNullException.ThrowIfNull(coefficients);
        var direction = Find(name);
        TensorGuard.Shape(coefficients.Expression, nameof(coefficients), TensorGuard.Any, direction.Length);
        using var scope = NewDisposeScope();
        var step = tensor(direction, device: coefficients.Expression.device).to(coefficients.Expression.dtype);
        return coefficients with { Expression = (coefficients.Expression + (step * amount)).MoveToOuterDisposeScope() };
    }

    private float[] Find(string name) => _directions.TryGetValue(name, out var direction)
        ? direction
        : throw new ArgumentException($"No expression direction '{name}'; there are: {string.Join(", ", Names)}.", nameof(name));
}
