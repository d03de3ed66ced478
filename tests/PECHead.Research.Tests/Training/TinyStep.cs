using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Tests.Flow;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

/// <summary>A step of training that needs no frame store.</summary>
internal static class TinyStep
{
    public static ExperimentConfig Config { get; } = new()
    {
        Setting = AblationSettings.Kp,
        Size = "tiny",
        ExpressionSize = 3,
        Training = new TrainingConfig { Steps = 1, BatchSize = 1 },
    };

    public static TrainingStep Of(TrainingState state, ExperimentConfig? config = null, FaceNetworks? networks = null) => new(
        state, new PyramidPerceptualLoss(new ImagePyramidFeatures()), config ?? Config, new DrawnReconstructor(), new StillFlow(), CPU, networks: networks);
}
