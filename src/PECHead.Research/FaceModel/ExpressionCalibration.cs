using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Finds the named directions of an expression space from how its faces measure.</summary>
/// <remarks>
/// Measures are regressed on β over sample faces. A direction is the most probable step (the shortest, β being normal) that
/// brings the measures which name it to the end of their range and leaves the others where they are; some measures are free,
/// as lips that pucker also come forward. The step is then stretched until the face really measures as wanted.
/// <b>Choice:</b> the range ends at the 1st and 99th percentile of the samples.
/// </remarks>
public static class ExpressionCalibration
{
    private const double Low = 0.01;
    private const double High = 0.99;
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

    /// <summary>Names of the directions, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Recipes.Select(recipe => recipe.Name)];

    /// <summary>Calibrates a model.</summary>
    /// <param name="samples">β [M, E] of faces as they occur; M well above E.</param>
    /// <param name="landmarks">From β [M, E] to landmarks [M, 68, 3] as <see cref="ExpressionMeasures.Of"/> takes them.</param>
    /// <exception cref="ArgumentException">Fewer samples than coefficients.</exception>
    public static ExpressionDirections Calibrate(Tensor samples, Func<Tensor, Tensor> landmarks)
    {
        ArgumentNullException.ThrowIfNull(landmarks);
        TensorGuard.Shape(samples, nameof(samples), TensorGuard.Any, TensorGuard.Any);
        if (samples.size(0) <= samples.size(1))
            throw new ArgumentException($"{samples.size(0)} samples cannot calibrate {samples.size(1)} coefficients.", nameof(samples));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var beta = samples.to(ScalarType.Float64).cpu();
        Tensor Measure(Tensor expression) => ExpressionMeasures.Of(landmarks(expression)).to(ScalarType.Float64).cpu();
        var measured = Measure(beta);
        var slopes = Regress(beta, measured);
        var neutral = Measure(zeros(1, beta.size(1), ScalarType.Float64)).squeeze(0);
        double[] lowest = Ends(measured, neutral, Low), highest = Ends(measured, neutral, High);

        var directions = new Dictionary<string, ExpressionDirection>();
        foreach (var (name, raise, lower, free) in Recipes)
        {
            var target = new double[ExpressionMeasures.Names.Count];
            foreach (int column in raise)
                target[column] = Math.Max(highest[column], 1e-3);
            foreach (int column in lower)
                target[column] = Math.Min(lowest[column], -1e-3);
            int[] kept = [.. Enumerable.Range(0, target.Length).Except(free)];
            var step = Stretch(Step(slopes, target, kept), Measure, neutral, target);
            directions.Add(name, new ExpressionDirection(Floats(step), Floats(Readout(slopes, target, step))));
        }
        return new ExpressionDirections(directions);
    }

    /// <summary>[D, E]: least squares of measures on coefficients, both about their means.</summary>
    private static Tensor Regress(Tensor beta, Tensor measured)
    {
        using var scope = NewDisposeScope();
        var x = beta - beta.mean([0L], keepdim: true);
        var y = measured - measured.mean([0L], keepdim: true);
        var normal = matmul(x.transpose(0, 1), x) + (eye(beta.size(1), dtype: ScalarType.Float64) * (1e-3 * beta.size(0)));
        return matmul(normal.inverse(), matmul(x.transpose(0, 1), y)).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Percentile of each measure, from the neutral face.</summary>
    private static double[] Ends(Tensor measured, Tensor neutral, double quantile)
    {
        using var scope = NewDisposeScope();
        double[] values = (measured - neutral).transpose(0, 1).contiguous().data<double>().ToArray();
        int count = (int)measured.size(0);
        return [.. values.Chunk(count).Select(column => column.Order().ElementAt((int)Math.Round(quantile * (count - 1))))];
    }

    /// <summary>The shortest step with the wanted change of the kept measures.</summary>
    private static Tensor Step(Tensor slopes, double[] target, int[] kept)
    {
        using var scope = NewDisposeScope();
        var c = slopes.index_select(0, tensor(kept.Select(column => (long)column).ToArray()));
        var wanted = tensor(kept.Select(column => target[column]).ToArray()).unsqueeze(1);
        var square = matmul(c, c.transpose(0, 1));
        // Measures that the model can hardly tell apart must not blow the step up.
        var damped = square + (eye(kept.Length, dtype: ScalarType.Float64) * (1e-2 * (square * eye(kept.Length, dtype: ScalarType.Float64)).sum() / kept.Length));
        return matmul(c.transpose(0, 1), matmul(damped.inverse(), wanted)).squeeze(1).MoveToOuterDisposeScope();
    }

    private static Tensor Stretch(Tensor step, Func<Tensor, Tensor> measure, Tensor neutral, double[] target)
    {
        using var scope = NewDisposeScope();
        var wanted = tensor(target);
        double size = wanted.square().sum().ToDouble(), factor = 1;
        for (int round = 0; round < StretchRounds; round++)
        {
            double reached = ((measure((step * factor).unsqueeze(0)).squeeze(0) - neutral) * wanted).sum().ToDouble() / size;
            factor *= Math.Clamp(1 / Math.Max(reached, 0.1), 0.5, 2);
        }
        return (step * factor).MoveToOuterDisposeScope();
    }

    /// <summary>[E], with readout · step = 1: what an expression has of this direction, as its measures say.</summary>
    private static Tensor Readout(Tensor slopes, double[] target, Tensor step)
    {
        using var scope = NewDisposeScope();
        var readout = matmul(tensor(target).unsqueeze(0), slopes).squeeze(0);
        return (readout / (readout * step).sum()).MoveToOuterDisposeScope();
    }

    private static float[] Floats(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }
}
