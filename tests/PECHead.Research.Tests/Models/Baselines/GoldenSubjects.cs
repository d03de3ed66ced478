using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.ArticulatedAnimation;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.DepthAware;
using PECHead.Research.Models.Baselines.FaceToFace;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LatentAnimator;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Models.Baselines.ThinPlate;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>A model with goldens.</summary>
/// <param name="Id">Its id in the catalogue, and the name of its files.</param>
/// <param name="Variants">Models that together have every part of the list of keys.</param>
/// <param name="Left">Parts of the list that belong to no model here.</param>
/// <param name="Pass">Runs the model and compares every output.</param>
/// <param name="NotCompared">Outputs that the pass leaves out.</param>
/// <param name="Small">The small size.</param>
/// <param name="Narrow">A model with the layers of the published one, narrow.</param>
internal sealed record GoldenSubject(
    string Id, IReadOnlyList<(string[] Parts, Func<BaselineModel> Make)> Variants, IReadOnlyList<string> Left, Action<GoldenRun> Pass, IReadOnlyList<string> NotCompared,
    Func<BaselineModel> Small, Func<BaselineModel> Narrow)
{
    /// <summary>How its weights are published.</summary>
    public BaselineFormat Format => BaselineFiles.All.Single(format => format.Id == Id);
}

/// <summary>All models with goldens: a row each.</summary>
internal static class GoldenSubjects
{
    public static IReadOnlyList<GoldenSubject> All { get; } =
    [
        new("mraa", [(ArticulatedGolden.Parts, () => new ArticulatedModel(ArticulatedConfig.Paper with { HasBackground = true }))], [],
            ArticulatedGolden.Pass, ArticulatedGolden.NotCompared, () => new ArticulatedModel(ArticulatedConfig.Small with { HasBackground = true }),
            () => new ArticulatedModel(ArticulatedConfig.Small with { ImageSize = 256, Depth = 5, BackgroundDepth = 5, MaxChannels = 16, HasBackground = true })),
        new("tpsmm", [(SplineGolden.Parts, () => new SplineModel(SplineConfig.Paper with { HasBackground = true }))], [],
            SplineGolden.Pass, SplineGolden.NotCompared, () => new SplineModel(SplineConfig.Small with { HasBackground = true }),
            () => new SplineModel(SplineConfig.Small with { ImageSize = 256, Depth = 5, MaxChannels = 16, DetectorWidth = 4, HasBackground = true })),
        new("lia", [(LatentGolden.Parts, () => new LatentModel(LatentConfig.Paper))], [],
            LatentGolden.Pass, [], () => new LatentModel(LatentConfig.Small), () => new LatentModel(LatentConfig.Small with { ImageSize = 256, ChannelSide = 1024, MaxChannels = 8 })),
        new("osfv",
            [(FreeViewGolden.Parts, () => new FreeViewModel(FreeViewConfig.Paper)), (FreeViewGolden.Variant, () => new FreeViewModel(FreeViewConfig.Paper with { DetectorReduction = 1, Modulated = false }))],
            ["discriminator", "hopenet"], FreeViewGolden.Pass, FreeViewGolden.NotCompared, () => new FreeViewModel(FreeViewConfig.Small),
            () => new FreeViewModel(FreeViewConfig.Small with { ImageSize = 256, Depth = 5, MaxChannels = 16, VolumeDepth = 2, HeadWidth = 4, BaseChannels = 4, VolumeChannels = 4 })),
        new("dagan",
            [
                (DepthAwareGolden.Parts, () => new DepthAwareModel(DepthAwareConfig.Paper)),
                (DepthAwareGolden.Variant, () => new DepthAwareModel(DepthAwareConfig.Paper with { Modulated = true, DeepDepth = true })),
            ],
            ["discriminator"], DepthAwareGolden.Pass, DepthAwareGolden.NotCompared, () => new DepthAwareModel(DepthAwareConfig.Small),
            () => new DepthAwareModel(DepthAwareConfig.Small with { FirstOrder = DepthAwareConfig.Small.FirstOrder with { ImageSize = 256, HourglassDepth = 5, MaxChannels = 16, BottleneckBlocks = 6 }, DepthWidth = 4 })),
        new("face2face-rho", [(FaceToFaceGolden.Parts, () => new FaceToFaceModel(FaceToFaceConfig.Paper))], ["discriminator"],
            FaceToFaceGolden.Pass, FaceToFaceGolden.NotCompared, () => new FaceToFaceModel(FaceToFaceConfig.Small),
            () => new FaceToFaceModel(FaceToFaceConfig.Small with { ImageSize = 512, MotionWidth = 4 })),
        new("liveportrait", [(LivePortraitGolden.Parts, () => new LivePortraitModel(LivePortraitConfig.Paper))], [],
            LivePortraitGolden.Pass, LivePortraitGolden.NotCompared, () => new LivePortraitModel(LivePortraitConfig.Small),
            () => new LivePortraitModel(LivePortraitConfig.Small with { ImageSize = 256, Depth = 5, MaxChannels = 16, VolumeDepth = 2, BackboneWidth = 4, BaseChannels = 4, VolumeChannels = 4 })),
        new("codebook", [(CodebookGolden.Parts, () => new CodebookModel(CodebookConfig.Paper with { HasDiscriminator = true }))], [],
            CodebookGolden.Pass, CodebookGolden.NotCompared, () => new CodebookModel(CodebookConfig.Small),
            () => new CodebookModel(CodebookConfig.Small with { Estimator = CodebookConfig.Small.Estimator with { ImageSize = 256, HourglassDepth = 5, MaxChannels = 16 }, BaseChannels = 4, AppearanceCodeSize = 16, MotionCodeSize = 8, HasDiscriminator = true })),
    ];
}
