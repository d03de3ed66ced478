using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>The second stage of models with a <see cref="DisentanglingNetwork"/>: it alone learns, and takes a random stretch of the driving motion back.</summary>
/// <remarks><b>Paper:</b> Articulated Animation, Sec. 3.5: L1, each axis stretched by a factor in [0.75, 1.25]; every term weighs 1.</remarks>
internal sealed class DisentanglingObjective : ModelObjective
{
    private static readonly string[] Names = ["place", "axes"];

    private readonly TalkingHeadModel _model;
    private readonly IDisentangledMotion _motion;
    private readonly DisentanglingNetwork _network;

    /// <summary>Prepares the objective, and freezes all but the network.</summary>
    /// <param name="parts">What it may use.</param>
    public DisentanglingObjective(ObjectiveParts parts) : base(parts)
    {
        _model = parts.State.Model;
        _motion = (IDisentangledMotion)_model;
        _network = _motion.Disentangling!;
        _model.Frozen().eval();
        _network.Thawed().train();
    }

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (source, driving) = Frames(batch);
        var scale = (0.75 + (0.5 * rand([source.size(0), 1, 2], generator: batch.Generator))).to(Parts.Device);
        DisentanglingTask task;
        using (no_grad())
        using (Arithmetic())
            task = _motion.Task(source, driving, scale);
        Tensor made;
        using (Arithmetic())
            made = _network.call(task.Shape, task.Pose);
        return new TrainingPass(source, driving, () => Drawn(source, driving), () => Compare(task, made));
    }

    private static ObjectiveValue Compare(DisentanglingTask task, Tensor made)
    {
        long width = task.Widths.Sum();
        var difference = (made - task.Wanted).abs().reshape(made.size(0), -1, width);
        return ObjectiveValue.Sum(task.Widths.Select((size, i) =>
            (Names[i], 1.0, (Func<Tensor>)(() => difference.narrow(2, task.Widths.Take(i).Sum(), size).mean()))));
    }

    private Tensor Drawn(Tensor source, Tensor driving)
    {
        using var quiet = no_grad();
        _network.eval();
        var state = _model.EncodeSource(new FaceFrame(source));
        var motion = _model.ObserveMotion(state, new FaceFrame(driving));
        var image = _model.Generate(state, _model.Transfer(MotionMode.Disentangled, state, motion, motion)).Image;
        _network.train();
        return image;
    }
}
