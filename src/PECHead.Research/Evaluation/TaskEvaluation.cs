using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Has models do a task on held-out frames and measures them, beside the baseline that copies the source.</summary>
/// <param name="store">Frames of the models' size, with their faces.</param>
/// <param name="device">Where to compute.</param>
/// <param name="measurer">Measures faces for the metrics that look at them; null leaves these out.</param>
/// <param name="networks">The literature's networks, for the metrics under their own names; null leaves these out.</param>
/// <param name="precision">Arithmetic of the models.</param>
/// <param name="atOnce">Clips at once; has no influence on the values but rounding and the draws of the noise.</param>
/// <param name="conditions">What makes it harder; null: the clips as they were recorded.</param>
/// <param name="world">The ranks that share the batches of clips; null: this process does all.</param>
internal sealed class TaskEvaluation(
    FaceStore store, Device device, FaceMeasurer? measurer, StandardNetworks? networks = null, Precision precision = Precision.Full, int atOnce = 8, EvaluationConditions? conditions = null,
    World? world = null)
{
    /// <summary>The name of the baseline's row.</summary>
    public const string SourceCopy = "source copy";

    /// <summary>Evaluates models and the baseline on the same frames.</summary>
    /// <param name="task">What they are to do.</param>
    /// <param name="models">Models by the names of their rows, in evaluation mode, on the device.</param>
    /// <param name="clips">Sources and driving frames.</param>
    /// <param name="watch">Takes every generated frame with its error, or null.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The baseline's scores, then the models'. Of several ranks the first has those of all clips, and the others those of their own.</returns>
    public IReadOnlyList<(string Method, TaskScores Scores)> Run(
        EvaluationTask task, IReadOnlyList<(string Name, TalkingHeadModel Model)> models, IReadOnlyList<DrivenClip> clips, EvaluationWatch? watch,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        TaskScores Empty() => new(task, store.Frames.Size, measurer is not null, networks);
        var scores = Enumerable.Range(0, models.Count + 1).Select(_ => Empty()).ToArray();
        // The batches are those of one process, so every frame is generated and measured with the same rounding.
        var ranks = world ?? World.Alone;
        var own = ClipReconstruction.Batches(clips, atOnce).Where((_, batch) => batch % ranks.Size == ranks.Rank).ToList();
        var (count, share) = (clips.Sum(clip => clip.Driving.Count), own.Sum(batch => batch.Sum(clip => clip.Driving.Count)));
        using var comparison = networks is null ? null : new StandardComparison([.. scores.Select(method => method.Standard!)]);
        var done = 0;
        var measuring = Task.CompletedTask;
        var half = ThreadShare.Whole / 2;
        using var generating = ThreadShare.Take(half);
        try
        {
            new ClipReconstruction([.. models.Select(model => model.Model)], store, device, precision, task, conditions).Run(own, frames =>
            {
                // One moment is measured while the models make the next one, and no more than one waits.
                measuring.GetAwaiter().GetResult();
                var kept = frames.Keep();
                measuring = Task.Run(() =>
                {
                    using var share = ThreadShare.Take(half);
                    Measure(kept);
                }, CancellationToken.None);
            }, cancellation);
            measuring.GetAwaiter().GetResult();
        }
        finally
        {
            // Whatever went wrong: the networks are the caller's, who may free them from here on.
            measuring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
        foreach (var method in scores) method.Collect(ranks, Empty);
        watch?.Collect(ranks);
        return [(SourceCopy, scores[0]), .. models.Select((model, i) => (model.Name, scores[i + 1]))];

        void Measure(ReconstructedFrames frames)
        {
            using var quiet = no_grad();
            using var owned = frames;
            using var moment = NewDisposeScope();
            var (source, truth) = (measurer?.Recall(frames.Source), measurer?.Recall(frames.Driving));
            comparison?.Begin(frames, source?.Landmarks, truth?.Landmarks);
            foreach (var (method, image) in frames.Generated.Prepend(frames.Source).Index())
            {
                using var scope = NewDisposeScope();
                var faces = measurer is null ? null : new MeasuredFrames(method == 0 ? source! : measurer.Measure(image), source!, truth!);
                scores[method].Update(image, frames.Driving);
                if (faces is not null)
                {
                    scores[method].Update(image, frames.Source, frames.Driving, faces);
                    scores[method].Update(faces, frames.IsLast);
                }
                comparison?.Update(method, frames, image, faces?.Generated.Landmarks);
                watch?.Add(frames, method, image, faces);
            }
            done += frames.Clips.Count;
            // The others are as far.
            progress?.Report((int)((long)done * count / share));
        }
    }
}
