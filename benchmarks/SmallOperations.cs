using System.Diagnostics;
using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Microseconds of one-element operators, that is of their call alone, and milliseconds of one convolution.</summary>
internal static class SmallOperations
{
    private const int Calls = 100_000;
    private const int Repeats = 7;
    private const int Convolutions = 20;

    public static int Run()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(1), rand(1));
        Tensor[] pair = [a, b];
        var microseconds = new Dictionary<string, double>
        {
            ["add"] = Microseconds(() => a + b),
            ["mul"] = Microseconds(() => a * b),
            ["relu"] = Microseconds(() => a.relu()),
            ["view"] = Microseconds(() => a.view(1, 1)),
            ["cat"] = Microseconds(() => cat(pair)),
        };
        return Measurement.Print(new
        {
            microseconds,
            conv = new Dictionary<string, object> { ["contiguous"] = Convolution(channelsLast: false), ["channels_last"] = Convolution(channelsLast: true) },
        });
    }

    private static double Microseconds(Func<Tensor> call)
    {
        for (var i = 0; i < Calls / 2; i++) call().Dispose();
        var best = double.PositiveInfinity;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Calls; i++) call().Dispose();
            best = Math.Min(best, clock.Elapsed.TotalMicroseconds / Calls);
        }
        return best;
    }

    private static object Convolution(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        Tensor Layout(Tensor tensor) => channelsLast ? Accelerator.ChannelsLast(tensor) : tensor;
        var x = Layout(randn(8, 64, 64, 64)).requires_grad_();
        var weight = Layout(randn(64, 64, 3, 3)).requires_grad_();
        var bias = randn(64).requires_grad_();
        var gradient = Layout(randn(8, 64, 64, 64));
        var milliseconds = new List<double>();
        for (var i = 0; i < Convolutions + 2; i++)
        {
            var clock = Stopwatch.StartNew();
            using var step = NewDisposeScope();
            var y = nn.functional.conv2d(x, weight, bias, padding: [1, 1]);
            autograd.grad([y], [x, weight, bias], [gradient]);
            if (i >= 2) milliseconds.Add(clock.Elapsed.TotalMilliseconds);
        }
        return Measurement.Summary(milliseconds);
    }
}
