namespace PECHead.Research.Models;

/// <summary>The six settings of the paper's ablation.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Table 4 names them in a line each. <b>Choice:</b> their wiring is our reading: settings of one scale
/// warp by the flow, and eq. 3 comes with MMFA.
/// </remarks>
public static class AblationSettings
{
    /// <summary>The whole method.</summary>
    public static AblationSetting Full { get; } = new();

    /// <summary>Without propagation: frames on their own.</summary>
    public static AblationSetting Mmfa { get; } = Full with { Id = "mmfa", Propagation = PropagationKind.None };

    /// <summary>Two branches on one scale, warped by their flows and concatenated.</summary>
    public static AblationSetting FeatCat { get; } = Mmfa with
    {
        Id = "featcat",
        Scales = FeatureScales.One,
        Alignment = AlignmentKind.Flow,
    };

    /// <summary>Keypoints and landmarks in series through one estimator.</summary>
    public static AblationSetting Direct { get; } = FeatCat with { Id = "direct", Points = PointSets.Joined };

    /// <summary>Landmarks alone.</summary>
    public static AblationSetting Lmk { get; } = Direct with { Id = "lmk", Points = PointSets.Landmarks };

    /// <summary>Keypoints alone.</summary>
    public static AblationSetting Kp { get; } = Direct with { Id = "kp", Points = PointSets.Keypoints };

    /// <summary>All, in the order of the paper's table.</summary>
    public static IReadOnlyList<AblationSetting> All { get; } = [Kp, Lmk, Direct, FeatCat, Mmfa, Full];

    /// <summary>Finds a setting by its id.</summary>
    /// <param name="id">One of the ids in <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No setting has this id.</exception>
    public static AblationSetting Named(string id) =>
        All.FirstOrDefault(setting => string.Equals(setting.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"No setting '{id}': use {string.Join(", ", All.Select(s => s.Id))}.", nameof(id));
}
