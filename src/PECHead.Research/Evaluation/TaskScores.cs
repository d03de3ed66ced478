using PECHead.Research.Distribution;
using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>The metrics of one method on one task.</summary>
public sealed class TaskScores
{
    private readonly MetricReport? _frames;
    private readonly FaceScores? _faces;

    internal TaskScores(EvaluationTask task, int side, bool withFaces, StandardNetworks? networks = null)
    {
        // Only a reconstruction has a frame to be compared with, pixel by pixel.
        _frames = task == EvaluationTask.Reconstruction ? MetricReport.ForReconstruction(side) : null;
        _faces = withFaces ? new FaceScores(task, side) : null;
        Standard = networks is null ? null : new StandardScores(task, networks, withFaces);
        // FID[faceres] and FID stand side by side.
        Metrics = [.. (_frames?.Metrics ?? []).Concat(_faces?.Metrics ?? []).Concat(Standard?.Metrics ?? []).GroupBy(metric => Metric.Bare(metric.Name)).SelectMany(same => same)];
    }

    /// <summary>All metrics, in the order of the table's columns.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>The numbers by name; a metric that found too little to measure, as the jerk of three frames, is left out.</summary>
    public IReadOnlyDictionary<string, double> Compute() => Metrics.Where(metric => metric.HasValue).ToDictionary(metric => metric.Name, metric => metric.Compute());

    /// <summary>The metrics with a bare name, of whatever network.</summary>
    /// <param name="bare">As papers write it.</param>
    /// <returns>None where the task has none.</returns>
    public IReadOnlyList<Metric> Find(string bare) => [.. Metrics.Where(metric => Metric.IsNamed(metric.Name, bare))];

    /// <summary>Those under the literature's names; null where there are no weights.</summary>
    internal StandardScores? Standard { get; }

    /// <summary>Takes in what the ranks have measured, in the first of them, metric by metric.</summary>
    /// <param name="world">The ranks.</param>
    /// <param name="another">Makes scores of the same metrics.</param>
    internal void Collect(World world, Func<TaskScores> another) => world.Collect(
        () => Packed.Write(writer =>
        {
            foreach (var metric in Metrics) metric.Write(writer);
        }),
        part => Packed.Read(part, reader =>
        {
            foreach (var (ours, theirs) in Metrics.Zip(another().Metrics))
            {
                theirs.Read(reader);
                ours.Merge(theirs);
            }
        }));

    internal void Update(Tensor generated, Tensor driving) => _frames?.Update(generated, driving);

    internal void Update(Tensor generated, Tensor source, Tensor driving, MeasuredFrames faces) => _faces?.Update(generated, source, driving, faces);

    internal void Update(MeasuredFrames faces, bool endsClips) => _faces?.Update(faces, endsClips);
}
