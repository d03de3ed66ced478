using System.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>
/// Adam that reads and writes each parameter once a step. TorchSharp's own makes about twelve passes over the same memory, and its
/// state cannot be saved while it lies channels last.
/// </summary>
/// <remarks>
/// <b>Paper:</b> Kingma and Ba, Adam: A Method for Stochastic Optimization (ICLR 2015), algorithm 1. Moments are float32 and lie in
/// memory as their parameter does. Parameters that are not dense float32 on the CPU are updated by ordinary operations of libtorch,
/// in float32.
/// </remarks>
public sealed class FusedAdam : OptimizerHelper
{
    // Elements that one thread updates at a time: large enough that starting a task does not count.
    private const int Chunk = 1 << 15;

    private const string MeanSuffix = ".exp_avg";
    private const string SquareSuffix = ".exp_avg_sq";
    private const string StepSuffix = ".step";

    private readonly Entry[] _entries;
    private readonly Adam.ParamGroup _group;
    private readonly double _decay;

    /// <summary>Starts with moments of zero.</summary>
    /// <param name="parameters">What to update, with the names under which <see cref="State"/> lists the moments.</param>
    /// <param name="learningRate">At least 0; a schedule changes it through <c>ParamGroups</c>.</param>
    /// <param name="beta1">Decay of the mean of the gradients, in [0, 1).</param>
    /// <param name="beta2">Decay of the mean of their squares, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the second mean, above 0.</param>
    /// <param name="weightDecay">Share of each parameter that is added to its gradient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number outside of its range.</exception>
    public FusedAdam(
        IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        _decay = weightDecay;
        ArgumentOutOfRangeException.ThrowIfNegative(learningRate);
        ArgumentOutOfRangeException.ThrowIfNegative(beta1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(beta2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        _entries = [.. parameters.Select(entry => new Entry(entry.name, entry.parameter))];
        _group = new Adam.ParamGroup(_entries.Select(entry => entry.Parameter), learningRate, beta1, beta2, epsilon);
        _defaults = _group.Options;
        _parameter_groups = [_group];
    }

    /// <summary>
    /// What the optimizer remembers: for each parameter that has had a gradient the means <c>NAME.exp_avg</c> and
    /// <c>NAME.exp_avg_sq</c> (float32, of its shape) and the number of its steps <c>NAME.step</c> (int64, no dimension). The tensors of
    /// the means are the optimizer's own; those of the steps belong to the present dispose scope.
    /// </summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State()
    {
        foreach (var entry in _entries)
        {
            if (entry.Step == 0) continue;
            yield return KeyValuePair.Create(entry.Name + MeanSuffix, entry.Mean!);
            yield return KeyValuePair.Create(entry.Name + SquareSuffix, entry.Square!);
            yield return KeyValuePair.Create(entry.Name + StepSuffix, tensor(entry.Step));
        }
    }

    /// <summary>Continues from a state that was saved.</summary>
    /// <param name="state">As of <see cref="State"/>. Nothing changes unless all of it fits.</param>
    /// <exception cref="ArgumentException">A tensor is missing, disposed, unknown, of another shape, or a step is below 1.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var restored = new List<(Entry Entry, Tensor Mean, Tensor Square, long Step)>();
        foreach (var entry in _entries)
        {
            if (!state.TryGetValue(entry.Name + StepSuffix, out var steps)) continue;
            Require(steps, entry.Name + StepSuffix, []);
            long step = steps.numel() == 1 && steps.dtype == ScalarType.Int64 ? steps.item<long>() : 0;
            if (step < 1) throw new ArgumentException($"the optimizer's '{entry.Name}{StepSuffix}' is no number of steps: expected one int64 of at least 1", nameof(state));
            restored.Add((entry, Moment(state, entry, MeanSuffix), Moment(state, entry, SquareSuffix), step));
        }
        if (restored.Count * 3 != state.Count)
            throw new ArgumentException($"the state holds {state.Count} tensors of the optimizer, of which {restored.Count * 3} belong to parameters of this model", nameof(state));
        foreach (var entry in _entries) entry.Forget();
        foreach (var (entry, mean, square, step) in restored)
        {
            (entry.Mean, entry.Square, entry.Step) = (mean.DetachFromDisposeScope(), square.DetachFromDisposeScope(), step);
        }
    }

    /// <summary>Updates every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the loss anew first, or null.</param>
    /// <returns>What <paramref name="closure"/> returned.</returns>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var gradients = enable_grad();
            loss = closure();
        }
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var blocks = new List<Block>();
        foreach (var entry in _entries)
        {
            if (entry.Parameter.grad is not { } gradient) continue;
            entry.Advance();
            var factors = FactorsOf(entry.Step);
            if (!TryCut(entry, gradient, factors, blocks)) Compose(entry, gradient, factors);
        }
        var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(0, blocks.Count, threads, i => blocks[i].Update());
        return loss!;
    }

    /// <summary>Frees the gradients. The next backward pass writes new ones instead of adding to zeros.</summary>
    public override void zero_grad()
    {
        foreach (var entry in _entries) entry.Parameter.grad = null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var entry in _entries) entry.Forget();
        base.Dispose(disposing);
    }

    private Factors FactorsOf(long step)
    {
        var (beta1, beta2) = _group.Betas;
        double root = Math.Sqrt(1 - Math.Pow(beta2, step));
        return new Factors(
            (float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2), (float)(-_group.LearningRate / (1 - Math.Pow(beta1, step))),
            (float)(1 / root), (float)_group.Options.eps!.Value, (float)_decay);
    }

    /// <summary>Cuts a parameter into blocks; false if it does not lie in memory as its gradient and moments do.</summary>
    private static unsafe bool TryCut(Entry entry, Tensor gradient, Factors factors, List<Block> blocks)
    {
        if (!gradient.stride().AsSpan().SequenceEqual(entry.Parameter.stride())) return false;
        if (!DenseMemory.TryGet(entry.Parameter, out var parameter) || !DenseMemory.TryGet(gradient, out var slope)
            || !DenseMemory.TryGet(entry.Mean!, out var mean) || !DenseMemory.TryGet(entry.Square!, out var square)) return false;
        // The memory is native: it does not move, and the tensors live until the step ends.
        fixed (float* p = parameter, g = slope, m = mean, v = square)
        {
            for (int first = 0; first < parameter.Length; first += Chunk)
                blocks.Add(new Block(p + first, g + first, m + first, v + first, Math.Min(Chunk, parameter.Length - first), factors));
        }
        return true;
    }

    private static void Compose(Entry entry, Tensor gradient, Factors factors)
    {
        using var scope = NewDisposeScope();
        var slope = gradient.to(ScalarType.Float32);
        if (factors.Decay > 0) slope = slope.add(entry.Parameter.to(ScalarType.Float32), factors.Decay);
        entry.Mean!.mul_(factors.Beta1).add_(slope, factors.Rest1);
        entry.Square!.mul_(factors.Beta2).addcmul_(slope, slope, factors.Rest2);
        var change = entry.Mean / (entry.Square.sqrt() * factors.InverseRoot + factors.Epsilon) * factors.Size;
        entry.Parameter.add_(change.to(entry.Parameter.dtype));
    }

    private static Tensor Moment(IReadOnlyDictionary<string, Tensor> state, Entry entry, string suffix)
    {
        if (!state.TryGetValue(entry.Name + suffix, out var stored)) throw new ArgumentException($"the optimizer's '{entry.Name}{suffix}' is missing", nameof(state));
        Require(stored, entry.Name + suffix, entry.Parameter.shape);
        if (!stored.shape.AsSpan().SequenceEqual(entry.Parameter.shape))
        {
            throw new ArgumentException(
                $"the optimizer's '{entry.Name}{suffix}' has the shape [{string.Join(", ", stored.shape)}], its parameter [{string.Join(", ", entry.Parameter.shape)}]", nameof(state));
        }
        return entry.Zeros().copy_(stored);
    }

    private static void Require(Tensor? stored, string name, long[] shape)
    {
        if (stored is null || stored.IsInvalid)
            throw new ArgumentException($"Expected the optimizer's '{name}' as a tensor of shape [{string.Join(", ", shape)}], received one that is null or disposed", nameof(stored));
    }

    /// <summary>What a step does to each element; the same for all elements of a parameter.</summary>
    private readonly record struct Factors(float Beta1, float Rest1, float Beta2, float Rest2, float Size, float InverseRoot, float Epsilon, float Decay);

    /// <summary>A parameter and what is remembered of it.</summary>
    private sealed class Entry(string name, Parameter parameter)
    {
        public string Name => name;

        public Parameter Parameter => parameter;

        public long Step { get; set; }

        public Tensor? Mean { get; set; }

        public Tensor? Square { get; set; }

        public void Advance()
        {
            Mean ??= Zeros().DetachFromDisposeScope();
            Square ??= Zeros().DetachFromDisposeScope();
            Step++;
        }

        // Of the parameter's device and layout.
        public Tensor Zeros() => zeros_like(parameter, ScalarType.Float32);

        public void Forget()
        {
            Mean?.Dispose();
            Square?.Dispose();
            (Mean, Square, Step) = (null, null, 0);
        }
    }

    /// <summary>Neighbouring elements of one parameter.</summary>
    private sealed unsafe class Block(float* parameter, float* gradient, float* mean, float* square, int count, Factors factors)
    {
        private readonly float* _parameter = parameter, _gradient = gradient, _mean = mean, _square = square;

        public void Update()
        {
            Span<float> p = new(_parameter, count), g = new(_gradient, count), m = new(_mean, count), v = new(_square, count);
            var (beta1, rest1, beta2, rest2, size, inverseRoot, epsilon, decay) = factors;
            int i = 0;
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            {
                var slope = new Vector<float>(g[i..]) + (new Vector<float>(p[i..]) * decay);
                var mean = (new Vector<float>(m[i..]) * beta1) + (slope * rest1);
                var square = (new Vector<float>(v[i..]) * beta2) + (slope * slope * rest2);
                var change = mean * size / ((Vector.SquareRoot(square) * inverseRoot) + new Vector<float>(epsilon));
                mean.CopyTo(m[i..]);
                square.CopyTo(v[i..]);
                (new Vector<float>(p[i..]) + change).CopyTo(p[i..]);
            }
            for (; i < count; i++)
            {
                var slope = g[i] + (p[i] * decay);
                m[i] = (m[i] * beta1) + (slope * rest1);
                v[i] = (v[i] * beta2) + (slope * slope * rest2);
                p[i] += m[i] * size / ((MathF.Sqrt(v[i]) * inverseRoot) + epsilon);
            }
        }
    }
}
