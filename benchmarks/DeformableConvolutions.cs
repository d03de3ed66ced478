using System.Diagnostics;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Milliseconds of a modulated deformable convolution, 64x64, 3x3, 8 offset groups, as in MMFA.</summary>
internal static class DeformableConvolutions
{
    private const int Repeats = 15;
    private const long Side = 64, Groups = 8, Taps = 9;

    public static int Run()
    {
        set_num_threads(2);
        return Measurement.Print(new Dictionary<string, object> { ["64"] = Measure(64), ["256"] = Measure(256) });
    }

    private static object Measure(long channels)
    {
        using var scope = NewDisposeScope();
        var input = randn(1, channels, Side, Side).requires_grad_();
        var offset = randn(1, 2 * Groups * Taps, Side, Side).requires_grad_();
        var mask = rand(1, Groups * Taps, Side, Side).requires_grad_();
        var weight = randn(channels, channels, 3, 3).requires_grad_();
        var bias = randn(channels).requires_grad_();
        var gradient = randn(1, channels, Side, Side);
        Tensor Convolve() => DeformableConvolution.Apply(input, offset, weight, bias, padding: (1, 1), mask: mask);
        return new
        {
            forward = Milliseconds(() =>
            {
                using var quiet = no_grad();
                Convolve();
            }),
            forward_backward = Milliseconds(() => autograd.grad([Convolve()], [input, offset, mask, weight, bias], [gradient])),
        };
    }

    private static object Milliseconds(Action pass)
    {
        var milliseconds = new List<double>();
        for (var i = 0; i < Repeats + 2; i++)
        {
            using var step = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            pass();
            if (i >= 2) milliseconds.Add(clock.Elapsed.TotalMilliseconds);
        }
        return Measurement.Summary(milliseconds);
    }
}
