using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Metrics;
using PECHead.Research.Models;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>
/// Same-identity reconstruction: the first frame of a held-out clip, driven by the clip's other frames, is compared with
/// them; copying the source frame is the baseline that any model has to beat.
/// </summary>
public static class ReconstructionEvaluation
{
    /// <summary>The name of the baseline's row.</summary>
    public const string SourceCopy = "source copy";

    /// <summary>Evaluates a model and the baseline on the same pairs.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the model's size.</param>
    /// <param name="pairs">Which frames.</param>
    /// <param name="name">The model's row.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <param name="batchSize">Pairs at once; has no influence on the values but rounding.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The baseline's metrics and the model's.</returns>
    public static IReadOnlyList<(string Method, MetricReport Report)> Run(
        TalkingHeadModel model, FrameStore store, PairList pairs, string name, Device device, Precision precision = Precision.Full,
        int batchSize = 8, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var copied = MetricReport.ForReconstruction(store.Size);
        var generated = MetricReport.ForReconstruction(store.Size);
        var (sources, drivings) = (pairs.Sources(), pairs.Drivings());
        using var quiet = no_grad();
        for (var start = 0; start < sources.Length; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(batchSize, sources.Length - start);
            var source = FrameBatch.Read(store, sources.AsSpan(start, count), device);
            var driving = FrameBatch.Read(store, drivings.AsSpan(start, count), device);
            copied.Update(source, driving);
            generated.Update(Generate(model, source, driving, device, precision).Image, driving);
            progress?.Report(start + count);
        }
        return [(SourceCopy, copied), (name, generated)];
    }

    /// <summary>Generates under the given arithmetic.</summary>
    internal static Generated Generate(TalkingHeadModel model, Tensor source, Tensor driving, Device device, Precision precision)
    {
        using var arithmetic = Accelerator.MixedPrecision(device, precision);
        return model.call(source, driving);
    }
}
