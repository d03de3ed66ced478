using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>The cost of calling an operator, with what it allocates.</summary>
[MemoryDiagnoser]
public class CallOverhead
{
    private readonly Tensor _a = rand(1);
    private readonly Tensor _b = rand(1);
    private readonly Tensor[] _pair;

    public CallOverhead() => _pair = [_a, _b];

    [Benchmark(Baseline = true)]
    public void Add() => (_a + _b).Dispose();

    [Benchmark]
    public void Relu() => _a.relu().Dispose();

    [Benchmark]
    public void View() => _a.view(1, 1).Dispose();

    [Benchmark]
    public void Cat() => cat(_pair).Dispose();
}
