using Microsoft.Data.Analysis;
using PECHead.Research.Animation;
using PECHead.Research.Data;
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
    private readonly List<(double Sum, int Count)>[] _errors;
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
        _errors = [.. methods.Select(_ => new List<(double, int)>())];
        _worst = [.. methods.Select(_ => new Dictionary<string, (double, string, RgbImage)>())];
    }

    /// <summary>Takes one moment of one method.</summary>
    /// <param name="frames">The moment.</param>
    /// <param name="method">Index of the method.</param>
    /// <param name="images">What it made, [N, 3, S, S].</param>
    /// <param name="faces">What was read in them, or null.</param>
    public void Add(ReconstructedFrames frames, int method, Tensor images, MeasuredFrames? faces)
    {
        while (_errors[method].Count <= frames.Time) _errors[method].Add((0, 0));
        foreach (var (i, clip) in frames.Clips.Index())
        {
            using var scope = NewDisposeScope();
            var error = FrameError.Of(_task, images.narrow(0, i, 1), frames.Driving.narrow(0, i, 1), faces?.Of(i));
            if (double.IsFinite(error))
            {
                var (sum, count) = _errors[method][frames.Time];
                _errors[method][frames.Time] = (sum + error, count + 1);
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
            .Select(moment => (Method: method.First, Frame: moment.Index + 1, Error: moment.Item.Sum / moment.Item.Count, Clips: moment.Item.Count))).ToList();
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
        var (worst, clip) = (_worst[method], frames.Clips[i].Clip);
        if (worst.TryGetValue(clip.Id, out var known) ? known.Error >= error : worst.Count == WorstOfEach && worst.Values.Min(frame => frame.Error) >= error) return;
        var label = FormattableString.Invariant($"{_methods[method]}, {clip.Id} frame {frames.Clips[i].Driving[frames.Time] - clip.First}: {error:0.###}");
        var row = FrameRow.Join(FrameImage.FromTensor(frames.Source[i]), FrameImage.FromTensor(frames.Driving[i]), FrameImage.FromTensor(image));
        worst[clip.Id] = (error, label, row);
        if (worst.Count > WorstOfEach) worst.Remove(worst.MinBy(entry => entry.Value.Error).Key);
    }
}
