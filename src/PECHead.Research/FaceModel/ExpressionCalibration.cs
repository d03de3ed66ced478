using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Finds the named directions of an expression space from how its faces measure.</summary>
/// <remarks>
/// Measures are regressed on β over sample faces. A direction is the most probable step (the shortest, β being normal) that
/// brings the measures which name it to the end of their range and leaves the others where they are; some measures are free,
/// as lips that pucker also come forward. The step is then stretched until the face really measures as wanted.
/// <b>Choice:</b> the range ends at the 1st and 99th percentile of the samples, and not before <see cref="LeastRange"/>: few
/// people frown or kiss when they are filmed.
/// </remarks>
internal sealed class ExpressionCalibration
{
    private const double Low = 0.01;
    private const double High = 0.99;
    private const double Damping = 1e-2;
    private const int StretchRounds = 20;

    /// <summary>Columns of <see cref="ExpressionMeasures"/> to raise or to lower, and those left free.</summary>
    private static readonly (string Name, int[] Raise, int[] Lower, int[] Free)[] Recipes =
    [
        ("smile", [0, 1], [], [3, 4, 5]),
        ("mouth_open", [2], [], [0, 1, 3]),
        ("pucker", [], [0], [1, 3]),
        ("blink_left", [], [5], []),
        ("blink_right", [], [4], []),
        ("brow_up", [6, 7], [], [4, 5]),
        ("brow_down", [], [6, 7], [4, 5]),
    ];

    private readonly Func<Tensor, Tensor> _landmarks;
    private readonly double[] _slopes;        // [D, E]
    private readonly double[] _neutral;
    private readonly double[] _lowest;
    private readonly double[] _highest;

    /// <summary>Measures the samples.</summary>
    /// <param name="samples">β [M, E] of faces as they occur; M above E.</param>
    /// <param name="landmarks">From β [M, E] in float64 to landmarks [M, 68, 3] as <see cref="ExpressionMeasures.Of"/> takes them.</param>
    /// <exception cref="ArgumentException">Not more samples than coefficients.</exception>
    public ExpressionCalibration(Tensor samples, Func<Tensor, Tensor> landmarks)
    {
        ArgumentNullException.ThrowIfNull(landmarks);
        TensorGuard.Shape(samples, nameof(samples), TensorGuard.Any, TensorGuard.Any);
        if (samples.size(0) <= samples.size(1))
            throw new ArgumentException($"{samples.size(0)} samples cannot calibrate {samples.size(1)} coefficients.", nameof(samples));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _landmarks = landmarks;
        var beta = samples.detach().to(ScalarType.Float64).cpu();
        var (measured, neutral) = (Measure(beta), Measure(zeros(1, beta.size(1), ScalarType.Float64)));
        (_slopes, _neutral) = (Regress(beta, measured), Values(neutral));
        (_lowest, _highest) = (Ends(measured - neutral, Low), Ends(measured - neutral, High));
    }

    /// <summary>Names of the directions, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Recipes.Select(recipe => recipe.Name)];

    /// <summary>How far each measure goes at least in a full expression, down and up, in eye distances.</summary>
    public static IReadOnlyList<(double Down, double Up)> LeastRange { get; } =
        [(-0.14, 0.08), (-0.03, 0.03), (-0.02, 0.2), (-0.03, 0.03), (-0.03, 0.01), (-0.03, 0.01), (-0.03, 0.04), (-0.03, 0.04)];

    /// <summary>The directions under <see cref="Names"/>.</summary>
    public ExpressionDirections Directions()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var directions = new Dictionary<string, ExpressionDirection>();
        foreach (var (name, raise, lower, free) in Recipes)
        {
            var target = new double[_neutral.Length];
            foreach (int column in raise)
                target[column] = Math.Max(_highest[column], LeastRange[column].Up);
            foreach (int column in lower)
                target[column] = Math.Min(_lowest[column], LeastRange[column].Down);
            var step = Stretch(Step(target, [.. Enumerable.Range(0, target.Length).Except(free)]), target);
            directions.Add(name, new ExpressionDirection(Floats(step), Floats(Readout(target, step))));
        }
        return new ExpressionDirections(directions);
    }

    /// <summary>The most probable step from β = 0 to given measures.</summary>
    /// <param name="measures">[8], see <see cref="ExpressionMeasures.Names"/>.</param>
    /// <param name="columns">Which of them count; the others are free.</param>
    /// <returns>[E], float64.</returns>
    internal Tensor StepTo(Tensor measures, IReadOnlyList<int> columns)
    {
        using var scope = NewDisposeScope();
        double[] target = [.. Values(measures).Zip(_neutral, (wanted, now) => wanted - now)];
        return Step(target, columns).MoveToOuterDisposeScope();
    }

    private Tensor Measure(Tensor expression) => ExpressionMeasures.Of(_landmarks(expression)).to(ScalarType.Float64).cpu();

    /// <summary>[D, E]: least squares of measures on coefficients, both about their means.</summary>
    private static double[] Regress(Tensor beta, Tensor measured)
    {
        using var scope = NewDisposeScope();
        var x = beta - beta.mean([0L], keepdim: true);
        var y = measured - measured.mean([0L], keepdim: true);
        var normal = matmul(x.transpose(0, 1), x) + (eye(beta.size(1), dtype: ScalarType.Float64) * (1e-3 * beta.size(0)));
        return Values(linalg.solve(normal, matmul(x.transpose(0, 1), y)).transpose(0, 1));
    }

    /// <summary>Percentile of each measure.</summary>
    private static double[] Ends(Tensor measured, double quantile)
    {
        using var scope = NewDisposeScope();
        return Values(measured.sort(0).Values.select(0, (long)Math.Round(quantile * (measured.size(0) - 1))));
    }

    /// <summary>The shortest step with the wanted change of the kept measures.</summary>
    private Tensor Step(double[] target, IReadOnlyList<int> kept)
    {
        using var scope = NewDisposeScope();
        var c = Slopes().index_select(0, tensor(kept.Select(column => (long)column).ToArray()));
        var wanted = tensor(kept.Select(column => target[column]).ToArray()).unsqueeze(1);
        var square = matmul(c, c.transpose(0, 1));
        // Measures that the model can hardly tell apart, as the two eyes, must not blow the step up.
        var damped = square + (eye(kept.Count, dtype: ScalarType.Float64) * (Damping * square.trace() / kept.Count));
        return matmul(c.transpose(0, 1), linalg.solve(damped, wanted)).squeeze(1).MoveToOuterDisposeScope();
    }

    private Tensor Stretch(Tensor step, double[] target)
    {
        using var scope = NewDisposeScope();
        var (wanted, neutral) = (tensor(target), tensor(_neutral));
        double size = wanted.square().sum().ToDouble(), factor = 1;
        for (int round = 0; round < StretchRounds; round++)
        {
            double reached = ((Measure((step * factor).unsqueeze(0)).squeeze(0) - neutral) * wanted).sum().ToDouble() / size;
            factor *= Math.Clamp(1 / Math.Max(reached, 0.1), 0.5, 2);
        }
        return (step * factor).MoveToOuterDisposeScope();
    }

    /// <summary>[E], with readout · step = 1: what an expression has of this direction, as its measures say.</summary>
    private Tensor Readout(double[] target, Tensor step)
    {
        using var scope = NewDisposeScope();
        var readout = matmul(tensor(target).unsqueeze(0), Slopes()).squeeze(0);
        return (readout / (readout * step).sum()).MoveToOuterDisposeScope();
    }

    private Tensor Slopes() => tensor(_slopes, [_neutral.Length, _slopes.Length / _neutral.Length]);

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    private static float[] Floats(Tensor tensor) => [.. Values(tensor).Select(value => (float)value)];
}
