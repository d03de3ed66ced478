using PECHead.Research.Distribution;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>What came out of one task of a protocol.</summary>
/// <param name="Task">The task.</param>
/// <param name="Seed">Seed of its pairs.</param>
/// <param name="Frames">Frames that every method generated.</param>
/// <param name="Rows">The baseline's scores, then the models'.</param>
/// <param name="Watch">What was seen on the way.</param>
/// <param name="Damage">Which clips were left out; null where none was.</param>
internal sealed record TaskResult(EvaluationTask Task, int Seed, int Frames, IReadOnlyList<(string Method, TaskScores Scores)> Rows, EvaluationWatch Watch, string? Damage);

/// <summary>Evaluates models as one of the paper's tables does.</summary>
public static class ProtocolEvaluation
{
    /// <summary>Generates and measures.</summary>
    /// <param name="protocol">Which table.</param>
    /// <param name="models">Models by the names of their rows, in evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the models' size, with their faces.</param>
    /// <param name="pairs">Folder of the files of pairs.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="measurer">Measures faces; null leaves out the metrics that look at them.</param>
    /// <param name="networks">The literature's networks, for the metrics under their own names; null leaves these out.</param>
    /// <param name="progress">Receives the number of frames done and of all.</param>
    /// <param name="world">The ranks that share the clips; null: this process does all. The report of the first rank is that of all.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What was measured, without the models that cannot do every task of the table.</returns>
    /// <exception cref="ArgumentException">There are models, and none of them can.</exception>
    /// <exception cref="Data.DataException">No such pairs, or pairs of other frames; no clip whose frames are whole.</exception>
    public static ProtocolReport Run(
        EvaluationProtocol protocol, IReadOnlyList<(string Name, TalkingHeadModel Model)> models, FaceStore store, string pairs, Device device, FaceMeasurer? measurer,
        StandardNetworks? networks = null, IProgress<(int Done, int Count)>? progress = null, World? world = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        var able = models.Where(model => protocol.Tasks.All(task => ClipReconstruction.CanDo(task, model.Model))).ToList();
        if (able.Count == 0 && models.Count > 0) throw new ArgumentException($"{models[0].Name} looks at frames alone and cannot be edited: there is no model for this table.", nameof(models));
        var tasks = protocol.Tasks.Select(task =>
        {
            var path = ProtocolPairs.PathIn(pairs, task);
            var file = ProtocolPairs.Read(path);
            var asked = file.Resolve(task, store, path);
            var clips = CheckedClips.Of(store.Frames, asked, world, cancellation);
            return (Task: task, file.Seed, Clips: clips.Whole, Damage: clips.Describe(asked.Count));
        }).ToList();
        var (count, before) = (tasks.Sum(task => task.Clips.Sum(clip => clip.Driving.Count)), 0);
        var results = new List<TaskResult>();
        foreach (var (task, seed, clips, damage) in tasks)
        {
            var frames = clips.Sum(clip => clip.Driving.Count);
            var watch = new EvaluationWatch(task, clips, [TaskEvaluation.SourceCopy, .. able.Select(model => model.Name)]);
            var done = new Forward(part => progress?.Report((before + part, count)));
            results.Add(new TaskResult(task, seed, frames, new TaskEvaluation(store, device, measurer, networks, world: world).Run(task, able, clips, watch, done, cancellation), watch, damage));
            before += frames;
        }
        return new ProtocolReport(protocol, results, store.Index, [.. models.Except(able).Select(model => model.Name)]);
    }

    private sealed class Forward(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
