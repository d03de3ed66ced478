using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>One set of points with the motion estimator it feeds and the features that this motion aligns.</summary>
/// <remarks><b>Paper:</b> PECHead, Sec. 3.2: a global branch of keypoints and a local branch of landmarks.</remarks>
public sealed class MotionBranch : nn.Module
{
    [ComponentName(Name = "level")] private readonly ModuleList<ResampledResidualBlock> _level;
    [ComponentName(Name = "motion")] private readonly DenseMotionNetwork _motion;
    [ComponentName(Name = "alignment")] private readonly FeatureAlignment _alignment;
    private readonly Func<Keypoints?, FaceState, Keypoints> _points;

    /// <summary>Builds the branch.</summary>
    /// <param name="name">Name of its point set.</param>
    /// <param name="points">Chooses the points from keypoints and landmarks.</param>
    /// <param name="level">What reduces f^r to the branch's level; none for f^r itself.</param>
    /// <param name="motion">Φ.</param>
    /// <param name="alignment">How features are moved.</param>
    internal MotionBranch(
        string name, Func<Keypoints?, FaceState, Keypoints> points, IEnumerable<ResampledResidualBlock> level, DenseMotionNetwork motion, FeatureAlignment alignment)
        : base(nameof(MotionBranch))
    {
        Name = name;
        _points = points;
        _level = new ModuleList<ResampledResidualBlock>([.. level]);
        _motion = motion;
        _alignment = alignment;
        RegisterComponents();
    }

    /// <summary>Name of the point set.</summary>
    public string Name { get; }

    /// <summary>Φ, the motion estimator.</summary>
    public DenseMotionNetwork Motion => _motion;

    /// <summary>How often the level halves the sides of f^r.</summary>
    internal int Halvings => _level.Count;

    /// <summary>Channels of the motion's features.</summary>
    public long MotionChannels => _motion.FeatureChannels;

    /// <summary>Reduces source frames to the resolution of the motion: needed once per source.</summary>
    /// <param name="source">Frames [N, 3, H, W], RGB in [0, 1].</param>
    internal Tensor Reduce(Tensor source) => _motion.Reduce(source);

    /// <summary>The source's features at the level of this branch: needed once per source.</summary>
    /// <param name="features">f^r: [N, C, h, w].</param>
    internal Tensor Level(Tensor features) => _level.Aggregate(features, (current, block) => block.call(current));

    /// <summary>The points of this branch.</summary>
    /// <param name="keypoints">Learned keypoints, if the model has them.</param>
    /// <param name="face">Landmarks.</param>
    internal Keypoints Points(Keypoints? keypoints, FaceState face) => _points(keypoints, face);

    /// <summary>Computes the motion and aligns.</summary>
    /// <param name="reducedSource">Frames of <see cref="Reduce"/>.</param>
    /// <param name="features">Features of <see cref="Level"/>.</param>
    /// <param name="source">Points in the source.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    internal BranchMotion Align(Tensor reducedSource, Tensor features, Keypoints source, Keypoints driving)
    {
        using var scope = NewDisposeScope();
        var motion = _motion.call(reducedSource, source, driving);
        var aligned = _alignment.call(features, motion);
        return new BranchMotion(Name, source.Alias(), driving.Alias(), motion, aligned).MoveToOuterDisposeScope();
    }
}
