using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>
/// PECHead: points of source and driving face give dense motions, which align the source's features; the aligned features are
/// merged, adapted to the frames before, refined and decoded.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Fig. 2. Which parts there are is decided by <see cref="PecHeadFactory"/>: this class is the same for
/// every setting.
/// </remarks>
public sealed class PecHeadModel : TalkingHeadModel
{
    [ComponentName(Name = "locator")] private readonly KeypointLocator _locator;
    [ComponentName(Name = "merge")] private readonly FeatureMerge _merge;
    [ComponentName(Name = "frame_motion")] private readonly FrameMotion _frameMotion;
    [ComponentName(Name = "propagation")] private readonly FeaturePropagation _propagation;
    [ComponentName(Name = "generator")] private readonly FrameGenerator _generator;
    private readonly IReadOnlyList<MotionBranch> _branches;

    internal PecHeadModel(
        PecHeadConfig config, KeypointLocator locator, IReadOnlyList<MotionBranch> branches, FeatureMerge merge, FrameMotion frameMotion,
        FeaturePropagation propagation, FrameGenerator generator)
        : base(nameof(PecHeadModel))
    {
        Config = config;
        (_locator, _branches, _merge, _frameMotion, _propagation, _generator) = (locator, branches, merge, frameMotion, propagation, generator);
        RegisterComponents();
        // Under the names of their point sets, so that settings share the parameters of the sets they share.
        foreach (var branch in branches)
            register_module(branch.Name, branch);
    }

    /// <summary>What the model was built from.</summary>
    public PecHeadConfig Config { get; }

    /// <summary>The branches of motion, global before local.</summary>
    public IReadOnlyList<MotionBranch> Branches => _branches;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <inheritdoc/>
    public override PecHeadSource EncodeSource(FaceFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        TensorGuard.Input(this, source.Image, nameof(source), TensorGuard.Some, 3, ImageSize, ImageSize);
        CheckFace(source.RequireFace(nameof(source)), source.Image.size(0));
        var reduced = _branches[0].Reduce(source.Image);
        var features = _generator.Encode(source.Image);
        return new PecHeadSource(
            source, reduced, features, [.. _branches.Select(branch => branch.Level(features.alias()))], _locator.Locate(reduced, source));
    }

    /// <inheritdoc/>
    public override FaceMotion ObserveMotion(SourceState source, FaceFrame driving)
    {
        var own = Own<PecHeadSource>(source, nameof(source));
        ArgumentNullException.ThrowIfNull(driving);
        CheckSource(own);
        var face = driving.RequireFace(nameof(driving));
        CheckFace(face, source.Frame.size(0));
        return new FaceMotion(face, _locator.Locate(own.ReducedFrame, driving));
    }

    /// <inheritdoc/>
    public override AlignedMotion Align(SourceState source, MotionState motion)
    {
        var own = Own<PecHeadSource>(source, nameof(source));
        CheckSource(own);
        if (motion is AlignedMotion done)
        {
            TensorGuard.Input(this, done.Merged, nameof(motion), own.Features.shape);
            return done;
        }
        var target = Own<FaceMotion>(motion, nameof(motion));
        CheckMotion(target, source.Frame.size(0));
        using var scope = NewDisposeScope();
        var branches = _branches.Select((branch, i) => branch.Align(
            own.ReducedFrame, own.Levels[i],
            branch.Points(own.Keypoints, own.Source.RequireFace(nameof(source))), branch.Points(target.Learned, target.Face))).ToList();
        var merged = _merge.call([.. branches.Select(branch => branch.Aligned)]);
        var frameMotion = _frameMotion.call([.. branches.Select(branch => branch.Motion)]);
        return new AlignedMotion(target, branches, merged, frameMotion).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>What an <see cref="AlignedMotion"/> brings stays its own.</remarks>
    public override Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        using var scope = NewDisposeScope();
        var aligned = Align(source, motion);
        var own = Own<PecHeadSource>(source, nameof(source));
        CheckContext(own, previous, frameFlow);
        var branches = aligned.Branches;
        var adapted = _propagation.Adapt(aligned.Merged, branches[^1].Motion, previous, frameFlow);
        var refined = _generator.Refine(adapted);
        var image = _generator.Decode(refined, own.Frame, aligned.Frame);
        var state = _propagation.Remember(own.Features, refined, previous);
        return new Generated(image, aligned.Frame, branches, own.Keypoints?.Alias(), aligned.Motion.Learned?.Alias(), state).MoveToOuterDisposeScope();
    }

    private void CheckSource(PecHeadSource source)
    {
        TensorGuard.Input(this, source.Frame, nameof(source), TensorGuard.Some, 3, ImageSize, ImageSize);
        long count = source.Frame.size(0);
        CheckFace(source.Source.RequireFace(nameof(source)), count);
        TensorGuard.Input(this, source.ReducedFrame, nameof(source), count, 3, ImageSize / Config.Motion.Reduction, ImageSize / Config.Motion.Reduction);
        int halvings = Config.Generator.DownBlocks;
        long side = ImageSize >> halvings;
        TensorGuard.Input(this, source.Features, nameof(source), count, (long)Config.Generator.BaseChannels << halvings, side, side);
        if (source.Keypoints is { } keypoints)
            TensorGuard.Input(this, keypoints.Positions, nameof(source), count, TensorGuard.Some, 2);
        if (source.Levels.Count != _branches.Count)
            throw new ArgumentException($"Expected {_branches.Count} levels, received {source.Levels.Count}.", nameof(source));
        foreach (var (level, branch) in source.Levels.Zip(_branches))
            TensorGuard.Input(this, level, nameof(source), count, TensorGuard.Some, side >> branch.Halvings, side >> branch.Halvings);
    }

    private void CheckMotion(FaceMotion motion, long count)
    {
        CheckFace(motion.Face, count);
        if (motion.Learned is { } keypoints)
            TensorGuard.Input(this, keypoints.Positions, nameof(motion), count, TensorGuard.Some, 2);
    }

    private void CheckContext(PecHeadSource source, PropagationState? previous, Tensor? frameFlow)
    {
        if (frameFlow is not null)
            TensorGuard.Input(this, frameFlow, nameof(frameFlow), source.Frame.size(0), TensorGuard.Some, TensorGuard.Some, 2);
        if (previous is null) return;
        TensorGuard.Input(this, previous.Raw, nameof(previous), source.Features.shape);
        TensorGuard.Input(this, previous.Refined, nameof(previous), source.Features.shape);
        TensorGuard.Input(this, previous.Hidden, nameof(previous), source.Features.shape);
    }

    private void CheckFace(FaceState face, long count)
    {
        ArgumentNullException.ThrowIfNull(face);
        TensorGuard.Input(this, face.Landmarks.Positions, "landmarks", count, Config.LandmarkCount, 2);
        TensorGuard.Input(this, face.Pose, "pose", count, Config.PoseSize);
        TensorGuard.Input(this, face.Expression, "expression", count, Config.ExpressionSize);
    }
}
