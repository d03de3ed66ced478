using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>The metrics of one method on one task.</summary>
public sealed class TaskScores
{
    private readonly MetricReport? _frames;
    private readonly FaceScores? _faces;

    internal TaskScores(EvaluationTask task, int side, bool withFaces)
    {
        // Only a reconstruction has a frame to be compared with, pixel by pixel.
        _frames = task == EvaluationTask.Reconstruction ? MetricReport.ForReconstruction(side) : null;
        _faces = withFaces ? new FaceScores(task, side) : null;
    }

    /// <summary>All metrics, in the order of the table's columns.</summary>
    public IReadOnlyList<Metric> Metrics => [.. _frames?.Metrics ?? [], .. _faces?.Metrics ?? []];

    /// <summary>The numbers by name; a metric that found too little to measure, as the jerk of three frames, is left out.</summary>
    public IReadOnlyDictionary<string, double> Compute() => Metrics.Where(metric => metric.HasValue).ToDictionary(metric => metric.Name, metric => metric.Compute());

    /// <summary>The metric with a bare name, whatever its network.</summary>
    /// <param name="bare">As papers write it.</param>
    /// <returns>Null where the task has none.</returns>
    public Metric? Find(string bare) => Metrics.FirstOrDefault(metric => Metric.IsNamed(metric.Name, bare));

    internal void Update(Tensor generated, Tensor driving) => _frames?.Update(generated, driving);

    internal void Update(ReadFaces faces, bool endsClips) => _faces?.Update(faces, endsClips);
}
