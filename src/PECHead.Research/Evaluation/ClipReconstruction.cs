using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Propagation;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Generates held-out clips frame after frame, several clips of one length at once, context passing along each.</summary>
internal sealed class ClipReconstruction
{
    private readonly TalkingHeadModel _model;
    private readonly FaceStore _store;
    private readonly Device _device;
    private readonly Precision _precision;

    public ClipReconstruction(TalkingHeadModel model, FaceStore store, Device device, Precision precision)
        => (_model, _store, _device, _precision) = (model, store, device, precision);

    /// <summary>Generates clips and hands over every frame in time.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="atOnce">Clips in a batch.</param>
    /// <param name="receive">Takes the clips of a batch, the time, source, driving and generated frames.</param>
    /// <param name="cancellation">Stops.</param>
    public void Run(IReadOnlyList<DrivenClip> clips, int atOnce, Action<ReconstructedFrames> receive, CancellationToken cancellation = default)
    {
        using var quiet = no_grad();
        foreach (var batch in clips.GroupBy(clip => clip.Driving.Count).SelectMany(group => group.Chunk(atOnce)))
            Run(batch, receive, cancellation);
    }

    private void Run(DrivenClip[] clips, Action<ReconstructedFrames> receive, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var source = _store.Read([.. clips.Select(clip => clip.Source)], _device);
        SourceState state;
        using (Accelerator.MixedPrecision(_device, _precision))
            state = _model.EncodeSource(source.AsSource(_store.Reconstructor));
        PropagationState? context = null;
        for (var time = 0; time < clips[0].Driving.Count; time++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var frame = NewDisposeScope();
            var driving = _store.Read([.. clips.Select(clip => clip.Driving[time])], _device);
            Generated generated;
            using (Accelerator.MixedPrecision(_device, _precision))
                generated = _model.Animate(state, driving.AsDriving(source.Coefficients, _store.Reconstructor), context);
            receive(new ReconstructedFrames(clips, time, source, driving, generated));
            context?.Dispose();
            context = generated.Context?.DetachFromDisposeScope();
        }
        context?.Dispose();
    }
}

/// <summary>One moment of several clips.</summary>
/// <param name="Clips">The clips.</param>
/// <param name="Time">Index of the driving frame in each.</param>
/// <param name="Source">Source frames, one a clip.</param>
/// <param name="Driving">Driving frames.</param>
/// <param name="Generated">What the model made.</param>
internal sealed record ReconstructedFrames(IReadOnlyList<DrivenClip> Clips, int Time, FaceBatch Source, FaceBatch Driving, Generated Generated);
