using PECHead.Research.Motion;

namespace PECHead.Research.Models;

/// <summary>Which points move the source.</summary>
public enum PointSets
{
    /// <summary>Learned keypoints k.</summary>
    Keypoints,

    /// <summary>Landmarks l of the face model.</summary>
    Landmarks,

    /// <summary>Both as one set, "in series", through one motion estimator.</summary>
    Joined,

    /// <summary>Both, each through a motion estimator of its own.</summary>
    Both,
}

/// <summary>At how many resolutions features are aligned.</summary>
public enum FeatureScales
{
    /// <summary>All at that of f^r.</summary>
    One,

    /// <summary>Global motion on f_low^r, half the resolution; local motion on f^r.</summary>
    Two,
}

/// <summary>How features are moved.</summary>
public enum AlignmentKind
{
    /// <summary>By a warp, f^w.</summary>
    Flow,

    /// <summary>By a deformable convolution, Eq. 3.</summary>
    Deformable,
}

/// <summary>What passes from frame to frame.</summary>
public enum PropagationKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The context of Eq. 4.</summary>
    Context,

    /// <summary>The same through layers that compute a third as much. The paper does not give the layers.</summary>
    SlimContext,
}

/// <summary>Where learned keypoints come from.</summary>
public enum KeypointOrigin
{
    /// <summary>From the source frame, for a pose and an expression: Eq. 2.</summary>
    Estimated,

    /// <summary>From the frame itself, as in First Order Motion Model.</summary>
    Detected,
}

/// <summary>What may be seen of the source.</summary>
public enum OcclusionKind
{
    /// <summary>The motion estimator says where the source shows what is needed.</summary>
    Estimated,

    /// <summary>Everywhere: no occlusion map.</summary>
    None,
}

/// <summary>A setting of the ablation: one value on each axis. Nothing but these values tells two settings apart.</summary>
public sealed record AblationSetting
{
    /// <summary>Short name, for tables, files and the command line.</summary>
    public string Id { get; init; } = "full";

    /// <summary>Which points move the source.</summary>
    public PointSets Points { get; init; } = PointSets.Both;

    /// <summary>What motion a point proposes.</summary>
    public ProposalKind Proposals { get; init; } = new DenseMotionConfig().Proposals;

    /// <summary>At how many resolutions features are aligned: two branches are concatenated at one, and fused at two.</summary>
    public FeatureScales Scales { get; init; } = FeatureScales.Two;

    /// <summary>How features are moved.</summary>
    public AlignmentKind Alignment { get; init; } = AlignmentKind.Deformable;

    /// <summary>What passes from frame to frame.</summary>
    public PropagationKind Propagation { get; init; } = PropagationKind.Context;

    /// <summary>Where learned keypoints come from.</summary>
    public KeypointOrigin Origin { get; init; } = KeypointOrigin.Estimated;

    /// <summary>Whether occlusion is estimated.</summary>
    public OcclusionKind Occlusion { get; init; } = OcclusionKind.Estimated;

    /// <summary>What the decoder's output stands for; null: what the experiment says for all its settings.</summary>
    public OutputComposition? Composition { get; init; }

    /// <summary>Whether any keypoint is learned.</summary>
    public bool HasKeypoints => Points != PointSets.Landmarks;

    /// <summary>Whether any landmark is used.</summary>
    public bool HasLandmarks => Points != PointSets.Keypoints;

    /// <summary>Number of motion estimators.</summary>
    public int Branches => Points == PointSets.Both ? 2 : 1;

    /// <summary>Checks how the axes fit together.</summary>
    /// <exception cref="ArgumentException">Two axes contradict each other.</exception>
    public void Validate()
    {
        if (Id.Length == 0 || Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw new ArgumentException($"The setting's id '{Id}' must consist of letters, digits, '-' and '_': it names files.");
        if (Scales == FeatureScales.Two && Branches == 1)
            throw new ArgumentException($"Setting '{Id}': points {Points} and scales {Scales} do not go together: two scales take two branches of motion, points Both.");
    }
}
