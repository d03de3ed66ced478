using PECHead.Research.Models.Baselines.ArticulatedAnimation;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.DepthAware;
using PECHead.Research.Models.Baselines.FaceToFace;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LatentAnimator;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Models.Baselines.ThinPlate;

namespace PECHead.Research.Recipes;

/// <summary>The baselines that can be trained, by their ids.</summary>
public static class BaselineRecipes
{
    /// <summary>All of them, in the order of the papers.</summary>
    public static IReadOnlyList<BaselineRecipe> All { get; } =
    [
        new("fomm", (size, _) => new FirstOrderModel(FirstOrderConfig.For(size)), new Dictionary<string, double>
        {
            ["perceptual"] = 10, ["equivariance"] = 10, ["equivariance_jacobian"] = 10, [BaselineRecipe.Adversarial] = 1, [BaselineRecipe.FeatureMatching] = 10,
        }),
        new("mraa", (size, experiment) => new ArticulatedModel(ArticulatedConfig.For(size) with { HasBackground = true, Disentangles = experiment.Stage == TrainedStage.Disentangling }), new Dictionary<string, double>
        {
            ["perceptual"] = 10, ["equivariance"] = 10, ["equivariance_affine"] = 10,
        })
        {
            Disentangles = true,
        },
        new("tpsmm", (size, experiment) => new SplineModel(SplineConfig.For(size) with { HasBackground = true, Disentangles = experiment.Stage == TrainedStage.Disentangling }), new Dictionary<string, double>
        {
            ["perceptual"] = 10, ["equivariance"] = 10, ["warp"] = 10, ["background"] = 10,
        })
        {
            Disentangles = true,
            WeightDecay = 1e-4,
            GradientBound = 10,
            BoundedParts = ["kp_detector", "dense_motion_network", SplineBackground.Part],
        },
        new("osfv", (size, _) => new FreeViewModel(FreeViewConfig.For(size)), new Dictionary<string, double>
        {
            ["perceptual"] = 10, ["equivariance"] = 20, ["keypoint_prior"] = 10, ["head_pose"] = 20, ["deformation_prior"] = 5,
            [BaselineRecipe.Adversarial] = 1, [BaselineRecipe.FeatureMatching] = 10,
        }),
        new("lia", (size, _) => new LatentModel(LatentConfig.For(size)), new Dictionary<string, double>
        {
            ["pixel"] = 1, ["perceptual"] = 10, [BaselineRecipe.Adversarial] = 1,
        })
        {
            Beta1 = 0,
            Beta2 = 0.99,
            ModelCadence = 4 / 5.0,
            DiscriminatorCadence = 16 / 17.0,
        },
        new("dagan", (size, _) => new DepthAwareModel(DepthAwareConfig.For(size)), new Dictionary<string, double>
        {
            ["perceptual"] = 10, ["equivariance"] = 10, ["equivariance_jacobian"] = 10, ["keypoint_distance"] = 10, ["depth"] = 10,
            [BaselineRecipe.Adversarial] = 1, [BaselineRecipe.FeatureMatching] = 10,
        }),
        new("face2face-rho", (size, _) => new FaceToFaceModel(FaceToFaceConfig.For(size)), new Dictionary<string, double>
        {
            ["perceptual"] = 15, ["warp"] = 500, ["identity_field"] = 1000, [BaselineRecipe.Adversarial] = 1, [BaselineRecipe.FeatureMatching] = 1,
        })
        {
            Beta1 = 0.9,
        },
        new("codebook", (size, experiment) => new CodebookModel(CodebookConfig.For(size) with { DoubleSigmoid = experiment.UpstreamQuirks }), new Dictionary<string, double>
        {
            ["pixel"] = 1, ["perceptual"] = 1, ["coarse_pixel"] = 0.5, ["coarse_perceptual"] = 0.5, ["motion_codes"] = 1, ["flow_reconstruction"] = 32,
            ["appearance_codes"] = 1, ["equivariance"] = 1, ["equivariance_jacobian"] = 1, ["keypoint_distance"] = 1, [BaselineRecipe.Adversarial] = 0.8,
        })
        {
            Beta1 = 0.9,
            Beta2 = 0.99,
            ChannelsLast = false,
        },
        new("liveportrait", (size, _) => new LivePortraitModel(LivePortraitConfig.For(size)), new Dictionary<string, double>
        {
            // One-Shot Free-View's, since LivePortrait's are not published; those of the parts of the face are ours.
            ["perceptual"] = 10, ["perceptual_face"] = 5, ["perceptual_eyes"] = 2, ["perceptual_lips"] = 2, ["equivariance"] = 20, ["keypoint_prior"] = 10, ["head_pose"] = 20,
            ["deformation_prior"] = 5, ["landmark_guide"] = 10, [BaselineRecipe.Identity] = 1, [BaselineRecipe.Adversarial] = 1, [BaselineRecipe.FeatureMatching] = 10,
        })
        {
            Stitches = true,
            Enlargement = LivePortraitConfig.Enlargement,
        },
    ];

    /// <summary>The recipe of a model.</summary>
    /// <param name="id">Id of the catalogue.</param>
    /// <exception cref="ArgumentException">No baseline that can be trained has this id.</exception>
    public static BaselineRecipe Named(string id) => All.FirstOrDefault(recipe => recipe.Id == id)
        ?? throw new ArgumentException($"No model '{id}' can be trained: use {string.Join(", ", All.Select(recipe => recipe.Id))}, or a setting of PECHead.", nameof(id));
}
