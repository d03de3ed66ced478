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
    public const string SourceCopy = TaskEvaluation.SourceCopy;

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
    public static IReadOnlyList<(string Method, TaskScores Scores)> Run(
        IReadOnlyList<(string Name, TalkingHeadModel Model)> models, FaceStore store, IReadOnlyList<DrivenClip> clips, Device device,
        FaceReader? reader = null, Precision precision = Precision.Full, int atOnce = 8, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
        => new TaskEvaluation(store, device, reader, precision, atOnce).Run(EvaluationTask.Reconstruction, models, clips, watch: null, progress, cancellation);
}
