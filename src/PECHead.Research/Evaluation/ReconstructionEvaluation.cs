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

    /// <summary>Evaluates a model and the baseline on the same frames.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the model's size, with their faces.</param>
    /// <param name="clips">Which frames.</param>
    /// <param name="name">The model's row.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <param name="atOnce">Clips at once; has no influence on the values but rounding.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The baseline's metrics and the model's.</returns>
    public static IReadOnlyList<(string Method, MetricReport Report)> Run(
        TalkingHeadModel model, FaceStore store, IReadOnlyList<DrivenClip> clips, string name, Device device, Precision precision = Precision.Full,
        int atOnce = 8, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var copied = MetricReport.ForReconstruction(store.Frames.Size);
        var generated = MetricReport.ForReconstruction(store.Frames.Size);
        var done = 0;
        new ClipReconstruction(model, store, device, precision).Run(clips, atOnce, frames =>
        {
            copied.Update(frames.Source.Image, frames.Driving.Image);
            generated.Update(frames.Generated.Image, frames.Driving.Image);
            progress?.Report(done += frames.Clips.Count);
        }, cancellation);
        return [(SourceCopy, copied), (name, generated)];
    }
}
