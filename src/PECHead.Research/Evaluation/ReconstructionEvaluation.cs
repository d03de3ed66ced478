using PECHead.Research.Acceleration;
using PECHead.Research.Data;
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

    /// <summary>Evaluates models and the baseline on the same frames.</summary>
    /// <param name="models">Models by the names of their rows, in evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the models' size, with their faces.</param>
    /// <param name="clips">Which frames.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="reader">Reads faces for the metrics that look at them; null leaves these out.</param>
    /// <param name="precision">Arithmetic of the models.</param>
    /// <param name="atOnce">Clips at once; has no influence on the values but rounding.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The baseline's scores, then the models'.</returns>
    public static IReadOnlyList<(string Method, ReconstructionScores Scores)> Run(
        IReadOnlyList<(string Name, TalkingHeadModel Model)> models, FaceStore store, IReadOnlyList<DrivenClip> clips, Device device,
        FaceReader? reader = null, Precision precision = Precision.Full, int atOnce = 8, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ReconstructionScores New() => new(store.Frames.Size, reader is not null);
        var copied = New();
        var generated = models.Select(_ => New()).ToArray();
        var done = 0;
        new ClipReconstruction([.. models.Select(model => model.Model)], store, device, precision).Run(clips, atOnce, frames =>
        {
            Tensor driving = frames.Driving.Image;
            Tensor[] images = [frames.Source.Image, .. frames.Generated.Select(one => one.Image)];
            ReconstructionScores[] scores = [copied, .. generated];
            var truth = reader?.Read(driving);
            foreach (var (score, image) in scores.Zip(images))
            {
                score.Update(image, driving);
                if (truth is not null) score.Update(reader!.Read(image.to(ScalarType.Float32)), truth, frames.IsLast);
            }
            progress?.Report(done += frames.Clips.Count);
        }, cancellation);
        return [(SourceCopy, copied), .. models.Select((model, i) => (model.Name, generated[i]))];
    }
}
