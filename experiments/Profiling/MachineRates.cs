using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Experiments.Profiling;

/// <summary>What this machine gives at the moment, with the threads that libtorch has.</summary>
/// <param name="Products">Multiplications with weights a second, in a 3x3 convolution of 256 by 256 channels on 64x64 pixels.</param>
/// <param name="Bytes">Bytes read and written a second, in a sum of tensors that no cache holds.</param>
internal sealed record MachineRates(double Products, double Bytes)
{
    private const int Repeats = 7;
    private const long Channels = 256, Side = 64, Elements = 1 << 24;

    /// <summary>Measures both; the best of several runs counts.</summary>
    /// <param name="precision">Of the convolution.</param>
    /// <param name="clock">The clock that the modules are measured by: with another one, a busy machine would look slow.</param>
    public static MachineRates Measure(Precision precision, BusyClock clock)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var arithmetic = Accelerator.MixedPrecision(CPU, precision);
        var features = Accelerator.ChannelsLast(randn(1, Channels, Side, Side).to(precision == Precision.Mixed ? ScalarType.BFloat16 : ScalarType.Float32));
        var weight = Accelerator.ChannelsLast(randn(Channels, Channels, 3, 3).to(features.dtype));
        var (one, other) = (zeros(Elements), ones(Elements));
        return new MachineRates(
            9.0 * Channels * Channels * Side * Side / Seconds(clock, () => nn.functional.conv2d(features, weight, padding: [1, 1])),
            3.0 * sizeof(float) * Elements / Seconds(clock, () => one.add_(other).alias()));
    }

    private static double Seconds(BusyClock clock, Func<Tensor> work)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < Repeats; i++)
        {
            double start = clock.Seconds;
            work().Dispose();
            best = Math.Min(best, clock.Seconds - start);
        }
        return best;
    }
}
