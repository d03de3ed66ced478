using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Does a task on held-out clips, frame after frame, several clips of one length at once, context passing along each.</summary>
internal sealed class ClipReconstruction
{
    private readonly IReadOnlyList<TalkingHeadModel> _models;
    private readonly FaceStore _store;
    private readonly Device _device;
    private readonly Precision _precision;
    private readonly EvaluationTask _task;
    private readonly EvaluationConditions _conditions;

    public ClipReconstruction(
        IReadOnlyList<TalkingHeadModel> models, FaceStore store, Device device, Precision precision, EvaluationTask task = EvaluationTask.Reconstruction,
        EvaluationConditions? conditions = null)
    {
        if (models.FirstOrDefault(model => !CanDo(task, model)) is { } blind)
            throw new ArgumentException($"{blind.GetName()} looks at frames alone and cannot be edited: leave it out of this table.", nameof(models));
        (_models, _store, _device, _precision, _task, _conditions) = (models, store, device, precision, task, conditions ?? EvaluationConditions.Recorded);
    }

    /// <summary>Whether a model can do a task. One that cannot be edited would copy the source, and its row would say nothing about it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    public static bool CanDo(EvaluationTask task, TalkingHeadModel model)
        => task is EvaluationTask.Reconstruction or EvaluationTask.Reenactment || model.NeedsFaces || model is IEditableHead;

    /// <summary>Clips of one length that are done side by side.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="atOnce">Clips in a batch.</param>
    public static IEnumerable<DrivenClip[]> Batches(IReadOnlyList<DrivenClip> clips, int atOnce) => clips.GroupBy(clip => clip.Driving.Count).SelectMany(group => group.Chunk(atOnce));

    /// <summary>Generates clips with every model and hands over every moment.</summary>
    /// <param name="batches">As <see cref="Batches"/> made them.</param>
    /// <param name="receive">Takes one moment of the clips of a batch.</param>
    /// <param name="cancellation">Stops.</param>
    public void Run(IEnumerable<DrivenClip[]> batches, Action<ReconstructedFrames> receive, CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        using var quiet = no_grad();
        using var noise = _conditions.Noise > 0 ? ObservationNoise.Of(_store.Track.Coefficients, _store.Index) : null;
        foreach (var batch in batches) Run(batch, noise, receive, cancellation);
    }

    private void Run(DrivenClip[] clips, ObservationNoise? noise, Action<ReconstructedFrames> receive, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var source = _store.Read([.. clips.Select(clip => clip.Source)], _device);
        var face = source.AsSource(_store.Reconstructor);
        var animations = new List<SourceAnimation>();
        try
        {
            foreach (var model in _models) animations.Add(new SourceAnimation(model, face, _precision, _conditions.Propagates));
            Run(clips, source, noise, animations, receive, cancellation);
        }
        finally
        {
            foreach (var animation in animations) animation.Dispose();
        }
    }

    private void Run(
        DrivenClip[] clips, FaceObservation source, ObservationNoise? noise, List<SourceAnimation> animations, Action<ReconstructedFrames> receive, CancellationToken cancellation)
    {
        // The same noise for every model.
        using var generator = new Generator((ulong)clips[0].Source);
        for (var time = 0; time < clips[0].Driving.Count; time++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var frame = NewDisposeScope();
            var driving = _store.Read([.. clips.Select(clip => clip.Driving[time])], _device);
            if (noise is not null)
                driving = driving with { Coefficients = noise.Apply(driving.Coefficients, full([clips.Length], _conditions.Noise, device: _device), outliers: 0, generator) };
            var target = _task switch
            {
                EvaluationTask.Reconstruction or EvaluationTask.Reenactment => driving.AsDriving(source.Coefficients, _store.Reconstructor),
                // An edit has no driving picture: models that look at one see the source.
                EvaluationTask.Frontalization => Edited(source, new FaceEdit { Frontalize = true }.Apply(source.Coefficients, _store.Reconstructor.Directions)),
                EvaluationTask.ExpressionTransfer => Edited(source, source.Coefficients with { Expression = driving.Coefficients.Expression }),
                _ => throw new InvalidOperationException($"no such task: {_task}"),
            };
            receive(new ReconstructedFrames(
                clips, time, source.Image, driving.Image,
                [.. _models.Zip(animations, (model, animation) => Reduced(Next(model, animation, target, driving.Image).Image.to(ScalarType.Float32), driving.Image))]));
        }
    }

    private Generated Next(TalkingHeadModel model, SourceAnimation animation, FaceFrame target, Tensor driving)
    {
        switch (_task, model)
        {
            // Another person's video is transferred; the source's own only has to be followed.
            case (EvaluationTask.Reenactment, _):
                var motion = animation.Observe(target);
                return animation.Next(animation.Transfer(MotionMode.Absolute, motion, motion));
            case (EvaluationTask.Frontalization, IEditableHead head):
                return animation.Next(head.Edit(animation.Source, default, frontalized: true, new Dictionary<string, double>()));
            case (EvaluationTask.ExpressionTransfer, IEditableHead head):
                return animation.Next(head.TakeExpression(animation.Source, new FaceFrame(driving)));
            default:
                return animation.Next(target);
        }
    }

    // A model that enlarges its frames is measured at the size of the recorded ones.
    private static Tensor Reduced(Tensor image, Tensor driving)
        => image.size(2) == driving.size(2) ? image : nn.functional.adaptive_avg_pool2d(image, [driving.size(2), driving.size(3)]);

    private FaceFrame Edited(FaceObservation source, FaceCoefficients coefficients) => new FaceObservation(source.Image, coefficients).AsSource(_store.Reconstructor);
}

/// <summary>One moment of several clips; frames are [N, 3, S, S], RGB in [0, 1].</summary>
/// <param name="Clips">The clips.</param>
/// <param name="Time">Index of the driving frame in each.</param>
/// <param name="Source">Source frames, one a clip.</param>
/// <param name="Driving">Driving frames.</param>
/// <param name="Generated">What each model made.</param>
internal sealed record ReconstructedFrames(IReadOnlyList<DrivenClip> Clips, int Time, Tensor Source, Tensor Driving, IReadOnlyList<Tensor> Generated) : ITensorRecord, IDisposable
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Source, Driving, .. Generated];

    /// <summary>Whether these are the last frames of the clips.</summary>
    public bool IsLast => Time == Clips[0].Driving.Count - 1;

    /// <summary>A copy that outlives the scope of this one, until it is disposed.</summary>
    public ReconstructedFrames Keep()
        => (this with { Source = Source.clone(), Driving = Driving.clone(), Generated = [.. Generated.Select(images => images.clone())] }).DetachFromDisposeScope();

    /// <summary>Frees the frames.</summary>
    public void Dispose() => this.Free();
}
