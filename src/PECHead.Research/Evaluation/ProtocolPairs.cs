using System.Globalization;
using System.Text;
using PECHead.Research.Data;
using PECHead.Research.Observation;

namespace PECHead.Research.Evaluation;

/// <summary>A source frame and the frames that drive it.</summary>
/// <param name="Task">What is to be done.</param>
/// <param name="Source">Clip of the source.</param>
/// <param name="Frame">Index of the source frame in its clip.</param>
/// <param name="Driving">Driving clip.</param>
/// <param name="First">Index of the first driving frame in its clip.</param>
/// <param name="Count">Number of consecutive driving frames, at least 1.</param>
public sealed record ProtocolSequence(EvaluationTask Task, string Source, int Frame, string Driving, int First, int Count);

/// <summary>The pairs of an evaluation, written down: whoever has the same frames evaluates the same pairs.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Fingerprint">Of the frame store that the clips are of.</param>
/// <param name="Seed">What the pairs were drawn with.</param>
/// <param name="Sequences">The pairs.</param>
public sealed record ProtocolPairs(string Dataset, string Fingerprint, int Seed, IReadOnlyList<ProtocolSequence> Sequences)
{
    private const string Format = "pechead-pairs-1";
    private static readonly string[] Keys = ["format", "dataset", "fingerprint", "seed", "sequences"];
    private static readonly string[] SequenceKeys = ["task", "source", "frame", "driving", "first", "count"];

    private static readonly (EvaluationTask Task, string Word)[] Words =
    [
        (EvaluationTask.Reconstruction, "reconstruction"), (EvaluationTask.Reenactment, "reenactment"), (EvaluationTask.Frontalization, "frontalization"),
        (EvaluationTask.ExpressionTransfer, "expression-transfer"),
    ];

    /// <summary>File of the pairs of a task in a folder of pairs.</summary>
    /// <param name="folder">Usually experiments/protocols/&lt;data set&gt;.</param>
    /// <param name="task">The task.</param>
    public static string PathIn(string folder, EvaluationTask task) => Path.Combine(folder, task switch
    {
        EvaluationTask.Reconstruction => "same-identity.yaml",
        EvaluationTask.Reenactment => "cross-identity.yaml",
        _ => "editing.yaml",
    });

    /// <summary>Reads a file of pairs.</summary>
    /// <param name="path">As <see cref="Write"/> makes it.</param>
    /// <exception cref="DataException">No such file, another format, an unknown or missing key, or a number out of range; with the line.</exception>
    public static ProtocolPairs Read(string path)
    {
        if (!File.Exists(path)) throw new DataException("no such file of pairs", path, "Write it with 'pechead protocol write'.");
        var map = YamlMap.Load(path, Keys);
        if (map.Text("format") != Format) throw map.Wrong("format", $"must be {Format}");
        var sequences = map.Maps("sequences", SequenceKeys).Select(one => new ProtocolSequence(
            Words.First(word => word.Word == one.Choice("task", [.. Words.Select(word => word.Word)])).Task,
            one.Text("source"), one.Integer("frame", 0), one.Text("driving"), one.Integer("first", 0), one.Integer("count", 1))).ToList();
        return sequences.Count > 0
            ? new ProtocolPairs(map.Text("dataset"), map.Text("fingerprint"), map.Integer("seed", 0), sequences)
            : throw map.Wrong(null, "has no sequences");
    }

    /// <summary>Writes the pairs, one a line.</summary>
    /// <param name="path">The YAML file to make or replace.</param>
    public void Write(string path)
    {
        var text = new StringBuilder(
            "# Pairs of an evaluation, drawn once by 'pechead protocol write' and then kept: results compare only on equal pairs.\n"
            + "# Frames count from 0 within their clips.\n");
        text.Append(CultureInfo.InvariantCulture, $"format: {Format}\ndataset: {Quote(Dataset)}\nfingerprint: {Fingerprint}\nseed: {Seed}\nsequences:\n");
        foreach (var one in Sequences)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  - {{task: {Words.First(word => word.Task == one.Task).Word}, source: {Quote(one.Source)}, frame: {one.Frame}, driving: {Quote(one.Driving)}, first: {one.First}, count: {one.Count}}}\n");
        }
        ReplacedFile.WriteText(path, text.ToString());
    }

    /// <summary>The pairs of a task as frames of a store.</summary>
    /// <param name="task">The task.</param>
    /// <param name="store">The frames that the pairs were drawn from.</param>
    /// <param name="path">Where the pairs were read, for messages.</param>
    /// <exception cref="DataException">Other frames, no such clip or frame, or no pairs of the task.</exception>
    public IReadOnlyList<DrivenClip> Resolve(EvaluationTask task, FaceStore store, string path)
    {
        if (Fingerprint != store.Index.Fingerprint)
        {
            throw new DataException(
                $"these pairs are of other frames than {store.Frames.Folder}", path, "Prepare the data set that they name at its size, or write pairs of your own with 'pechead protocol write'.");
        }
        var clips = store.Index.Clips.ToDictionary(clip => clip.Id);
        StoredClip Clip(string id, int end) => clips.TryGetValue(id, out var clip) && end <= clip.Count
            ? clip
            : throw new DataException(clip is null ? $"there is no clip {id}" : $"clip {id} has {clip.Count} frames, not {end}", path);
        DrivenClip[] driven =
        [
            .. Sequences.Where(one => one.Task == task).Select(one =>
            {
                var (source, driving) = (Clip(one.Source, one.Frame + 1), Clip(one.Driving, one.First + one.Count));
                return new DrivenClip(driving, [.. Enumerable.Range(driving.First + one.First, one.Count)]) { Source = source.First + one.Frame };
            }),
        ];
        return driven.Length > 0 ? driven : throw new DataException($"no pairs for the task {EvaluationProtocol.Describe(task)}", path);
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
