using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;

namespace PECHead.Research.Models;

/// <summary>Builds models from their configuration: the only place that turns an axis of a setting into modules.</summary>
public static class PecHeadFactory
{
    /// <summary>Builds a model with fresh parameters.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="seed">Seed of the run; equal seeds give equal parameters, also to the parts that two settings share.</param>
    /// <returns>A model in training mode, on the CPU, in float32.</returns>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public static PecHeadModel Create(PecHeadConfig config, long seed)
    {
        config.Validate();
        var branches = Branches(config);
        var model = new PecHeadModel(
            config, Locator(config), branches, Merge(config), FrameMotion(config, branches), Propagation(config), new FrameGenerator(config.Generator));
        ParameterInitialization.Apply(model, seed);
        return model;
    }

    private static KeypointLocator Locator(PecHeadConfig config) => (config.Setting.HasKeypoints, config.Setting.Origin) switch
    {
        (false, _) => new NoKeypoints(),
        (true, KeypointOrigin.Estimated) => new EstimatedKeypoints(new KeypointEstimator(config.Estimator, config.PoseSize + config.ExpressionSize)),
        (true, KeypointOrigin.Detected) => new DetectedKeypoints(new KeypointDetector(config.Detector)),
        var other => throw Unknown(other),
    };

    private static IReadOnlyList<MotionBranch> Branches(PecHeadConfig config) => config.Setting.Points switch
    {
        PointSets.Keypoints => [Keypoints(config, global: false)],
        PointSets.Landmarks => [Landmarks(config)],
        PointSets.Joined => [Joined(config)],
        PointSets.Both => [Keypoints(config, config.Setting.Scales == FeatureScales.Two), Landmarks(config)],
        var other => throw Unknown(other),
    };

    private static MotionBranch Keypoints(PecHeadConfig config, bool global)
        => Branch(config, "keypoints", (keypoints, _) => keypoints!.Value, KeypointCount(config), config.Motion.HeatmapVariance, global);

    private static MotionBranch Landmarks(PecHeadConfig config)
        => Branch(config, "landmarks", (_, face) => face.Landmarks, config.LandmarkCount, config.LandmarkVariance, global: false);

    private static MotionBranch Joined(PecHeadConfig config) => Branch(
        config, "joined", (keypoints, face) => new Keypoints(TorchSharp.torch.cat([keypoints!.Value.Positions, face.Landmarks.Positions], 1)),
        KeypointCount(config) + config.LandmarkCount, config.LandmarkVariance, global: false);

    private static MotionBranch Branch(
        PecHeadConfig config, string name, Func<Keypoints?, FaceState, Keypoints> points, int count, double variance, bool global)
    {
        var motion = new DenseMotionNetwork(config.Motion with
        {
            PointCount = count,
            HeatmapVariance = variance,
            Proposals = config.Setting.Proposals,
            EstimatesOcclusion = config.Setting.Occlusion == OcclusionKind.Estimated,
        });
        long channels = Channels(config);
        ResampledResidualBlock[] level = global ? [new ResampledResidualBlock(channels, 2 * channels, Resampling.HalvedAfter)] : [];
        return new MotionBranch(name, points, level, motion, Alignment(config, global ? 2 * channels : channels, motion.FeatureChannels));
    }

    private static FeatureAlignment Alignment(PecHeadConfig config, long channels, long motionChannels) => config.Setting.Alignment switch
    {
        AlignmentKind.Flow => new FlowAlignment(config.Motion.AlignCorners),
        AlignmentKind.Deformable => new DeformableAlignment(config.Alignment, channels, motionChannels),
        var other => throw Unknown(other),
    };

    private static FeatureMerge Merge(PecHeadConfig config) => (config.Setting.Branches, config.Setting.Scales) switch
    {
        (1, FeatureScales.One) => new SingleBranch(),
        (2, FeatureScales.One) => new ConcatenationMerge(Channels(config)),
        (2, FeatureScales.Two) => new MultiScaleFusion(Channels(config), 2 * Channels(config)),
        var other => throw Unknown(other),
    };

    // Only an output composed over the warped source frame needs one motion of two.
    private static FrameMotion FrameMotion(PecHeadConfig config, IReadOnlyList<MotionBranch> branches)
        => (branches.Count, config.Generator.Composition) switch
        {
            (1, _) or (_, OutputComposition.Decoded) => new LastMotion(),
            (2, OutputComposition.Residual or OutputComposition.Blended) => new MixedMotion(branches[0].MotionChannels, branches[1].MotionChannels),
            var other => throw Unknown(other),
        };

    private static FeaturePropagation Propagation(PecHeadConfig config) => config.Setting.Propagation switch
    {
        PropagationKind.None => new NoPropagation(),
        PropagationKind.Context => new ContextPropagation(Channels(config), config.Motion.AlignCorners),
        PropagationKind.SlimContext => new ContextPropagation(Channels(config), config.Motion.AlignCorners, slim: true),
        var other => throw Unknown(other),
    };

    private static int KeypointCount(PecHeadConfig config) => config.Setting.Origin switch
    {
        KeypointOrigin.Estimated => config.Estimator.KeypointCount,
        KeypointOrigin.Detected => config.Detector.KeypointCount,
        var other => throw Unknown(other),
    };

    private static long Channels(PecHeadConfig config) => (long)config.Generator.BaseChannels << config.Generator.DownBlocks;

    private static ArgumentOutOfRangeException Unknown<T>(T value) => new(nameof(value), value, "no such choice");
}
