using Microsoft.Data.Analysis;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Metrics;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Watches an evaluation: the error of every frame, samples, and of every method the frames with the largest errors, one a clip.</summary>
/// <remarks>The baseline is method 0. Kept are numbers and a bounded number of pictures.</remarks>
internal sealed class EvaluationWatch
{
    private const int MostSamples = 6;
    private const int WorstOfEach = 3;

    private readonly EvaluationTask _task;
    private readonly IReadOnlyList<string> _methods;
    private readonly Dictionary<DrivenClip, int> _clips;
    private readonly Dictionary<int, RgbImage?[]> _samples;
    private readonly List<(ExactSum Sum, int Count)>[] _errors;
    private readonly Dictionary<string, (double Error, string Label, RgbImage Image)>[] _worst;

    /// <param name="task">What is done.</param>
    /// <param name="clips">On what.</param>
    /// <param name="methods">Names of the baseline and of the models.</param>
    public EvaluationWatch(EvaluationTask task, IReadOnlyList<DrivenClip> clips, IReadOnlyList<string> methods)
    {
        (_task, _methods) = (task, methods);
        _clips = clips.Index().ToDictionary(clip => clip.Item, clip => clip.Index);
        var count = Math.Min(MostSamples, clips.Count);
        _samples = Enumerable.Range(0, count).ToDictionary(i => i * clips.Count / count, _ => new RgbImage?[methods.Count + 2]);
        _errors = [.. methods.Select(_ => new List<(ExactSum, int)>())];
        _worst = [.. methods.Select(_ => new Dictionary<string, (double, string, RgbImage)>())];
    }

    /// <summary>Takes one moment of one method.</summary>
    /// <param name="frames">The moment.</param>
    /// <param name="method">Index of the method.</param>
    /// <param name="images">What it made, [N, 3, S, S].</param>
    /// <param name="faces">What was read in them, or null.</param>
    public void Add(ReconstructedFrames frames, int method, Tensor images, MeasuredFrames? faces)
    {
        foreach (var (i, clip) in frames.Clips.Index())
        {
            using var scope = NewDisposeScope();
            var error = FrameError.Of(_task, images.narrow(0, i, 1), frames.Driving.narrow(0, i, 1), faces?.Of(i));
            if (double.IsFinite(error))
            {
                Moment(method, frames.Time, 1).Add(error);
                if (method > 0) Rank(frames, method, i, images[i], error);
            }
            if (frames.IsLast && _samples.TryGetValue(_clips[clip], out var row))
            {
                row[0] ??= FrameImage.FromTensor(frames.Source[i]);
                row[1] ??= FrameImage.FromTensor(frames.Driving[i]);
                row[method + 2] = FrameImage.FromTensor(images[i]);
            }
        }
    }

    /// <summary>Takes in what the ranks have seen, in the first of them.</summary>
    /// <param name="world">The ranks.</param>
    public void Collect(World world) => world.Collect(() => Packed.Write(Write), part => Packed.Read(part, Merge));

    /// <summary>The last frame of some clips by every model.</summary>
    /// <remarks><b>Paper:</b> PECHead, Fig. 6 (same identity), 7 (cross identity), 8 (editing), 10 (ablation).</remarks>
    public ImagePanel Samples()
    {
        // An edit to the front has no driving frame, and the baseline is the source.
        var hasDriving = _task != EvaluationTask.Frontalization;
        var panel = new ImagePanel(["source", .. hasDriving ? ["driving"] : Array.Empty<string>(), .. _methods.Skip(1)]) { Title = $"{EvaluationProtocol.Describe(_task)}, last frames" };
        foreach (var (clip, index) in _clips.OrderBy(clip => clip.Value))
        {
            if (_samples.TryGetValue(index, out var row) && row[0] is not null)
                panel.AddRow(clip.Clip.Id, [row[0]!, .. hasDriving ? [row[1]!] : Array.Empty<RgbImage>(), .. row.Skip(3).Select(image => image!)]);
        }
        return panel;
    }

    /// <summary>The driving frame and what the last model made of it, with a border to move; null where a task has no such frame to compare with.</summary>
    public SwipeComparison? Swipe() => _task == EvaluationTask.Reconstruction && _samples.OrderBy(sample => sample.Key).First().Value is [_, { } driving, .., { } generated]
        ? new SwipeComparison(driving, generated, "driving", _methods[^1]) { Title = $"Driving frame and {_methods[^1]}: move the border" }
        : null;

    /// <summary>The error of every method at every moment, mean over clips: columns method, frame (1 is the first driving frame), error and clips.</summary>
    public DataFrame Errors()
    {
        var rows = _methods.Zip(_errors).SelectMany(method => method.Second.Index().Where(moment => moment.Item.Count > 0)
            .Select(moment => (Method: method.First, Frame: moment.Index + 1, Error: moment.Item.Sum.Value / moment.Item.Count, Clips: moment.Item.Count))).ToList();
        return new DataFrame(
            new StringDataFrameColumn("method", rows.Select(row => row.Method)), new DoubleDataFrameColumn("frame", rows.Select(row => (double)row.Frame)),
            new DoubleDataFrameColumn("error", rows.Select(row => row.Error)), new DoubleDataFrameColumn("clips", rows.Select(row => (double)row.Clips)));
    }

    /// <summary>The error over time as curves; null where every clip is one frame.</summary>
    public LossCurve? OverTime()
    {
        if (_errors.Max(errors => errors.Count) < 2) return null;
        var curve = new LossCurve { Title = $"{FrameError.NameOf(_task)} over time, {EvaluationProtocol.Describe(_task)}", StepLabel = "driving frame", ValueLabel = FrameError.NameOf(_task) };
        var errors = Errors();
        foreach (var (method, frame, error) in errors.Texts("method").Zip(errors.Numbers("frame"), errors.Numbers("error")))
            curve.Add(frame!.Value, (method, error!.Value));
        return curve;
    }

    /// <summary>Of every model and of three clips the frame with the largest error: source, driving, generated; null where no error could be measured.</summary>
    public ImageGrid? Worst()
    {
        (string Label, RgbImage Image)[] frames =
            [.. _worst.SelectMany(clips => clips.Values.OrderByDescending(frame => frame.Error).Select(frame => (frame.Label, frame.Image)))];
        return frames.Length == 0 ? null : new ImageGrid([.. frames.Select(frame => frame.Image)], [.. frames.Select(frame => frame.Label)])
        {
            Title = $"Largest {FrameError.NameOf(_task)}, {EvaluationProtocol.Describe(_task)}: source, driving, generated",
            Columns = WorstOfEach,
            CellWidth = 384,
        };
    }

    // One frame a clip: the neighbours of a bad frame are as bad and show nothing new.
    private void Rank(ReconstructedFrames frames, int method, int i, Tensor image, double error)
    {
        var clip = frames.Clips[i].Clip;
        if (!IsWorse(method, clip.Id, error)) return;
        var label = FormattableString.Invariant($"{_methods[method]}, {clip.Id} frame {frames.Clips[i].Driving[frames.Time] - clip.First}: {error:0.###}");
        var row = FrameRow.Join(FrameImage.FromTensor(frames.Source[i]), FrameImage.FromTensor(frames.Driving[i]), FrameImage.FromTensor(image));
        Keep(method, clip.Id, error, label, row);
    }

    private bool IsWorse(int method, string clip, double error) => _worst[method].TryGetValue(clip, out var known)
        ? known.Error < error
        : _worst[method].Count < WorstOfEach || _worst[method].Values.Min(frame => frame.Error) < error;

    private void Keep(int method, string clip, double error, string label, RgbImage row)
    {
        var worst = _worst[method];
        worst[clip] = (error, label, row);
        if (worst.Count > WorstOfEach) worst.Remove(worst.MinBy(entry => entry.Value.Error).Key);
    }

    // The sum of a moment's errors, for so many more of them.
    private ExactSum Moment(int method, int time, int more)
    {
        var errors = _errors[method];
        while (errors.Count <= time) errors.Add((new ExactSum(), 0));
        var (sum, count) = errors[time];
        errors[time] = (sum, count + more);
        return sum;
    }

    private void Write(BinaryWriter writer)
    {
        foreach (var errors in _errors)
        {
            writer.Write(errors.Count);
            foreach (var (sum, count) in errors)
            {
                writer.Write(count);
                sum.Write(writer);
            }
        }
        foreach (var row in _samples.OrderBy(sample => sample.Key))
            foreach (var image in row.Value) Write(writer, image);
        foreach (var worst in _worst)
        {
            writer.Write(worst.Count);
            foreach (var (clip, (error, label, image)) in worst)
            {
                writer.Write(clip);
                writer.Write(error);
                writer.Write(label);
                Write(writer, image);
            }
        }
    }

    private void Merge(BinaryReader reader)
    {
        for (var method = 0; method < _errors.Length; method++)
            for (var (time, count) = (0, reader.ReadInt32()); time < count; time++) Moment(method, time, reader.ReadInt32()).Add(reader);
        foreach (var row in _samples.OrderBy(sample => sample.Key).Select(sample => sample.Value))
            for (var i = 0; i < row.Length; i++) row[i] = Image(reader) ?? row[i];
        for (var method = 0; method < _worst.Length; method++)
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var (clip, error, label, image) = (reader.ReadString(), reader.ReadDouble(), reader.ReadString(), Image(reader)!);
                if (IsWorse(method, clip, error)) Keep(method, clip, error, label, image);
            }
        }
    }

    private static void Write(BinaryWriter writer, RgbImage? image)
    {
        writer.Write(image?.Width ?? 0);
        if (image is null) return;
        writer.Write(image.Height);
        writer.Write(image.Pixels);
    }

    private static RgbImage? Image(BinaryReader reader)
    {
        var width = reader.ReadInt32();
        if (width == 0) return null;
        var image = new RgbImage(width, reader.ReadInt32());
        reader.BaseStream.ReadExactly(image.Pixels);
        return image;
    }
}
