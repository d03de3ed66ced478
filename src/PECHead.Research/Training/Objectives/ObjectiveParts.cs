using PECHead.Research.FaceModel;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>What the objective of a model may use.</summary>
/// <param name="State">The networks.</param>
/// <param name="Config">The experiment.</param>
/// <param name="Perceptual">The perceptual term.</param>
/// <param name="Reconstructor">Turns coefficients into landmarks.</param>
/// <param name="Flow">Flow between the source frames of a clip.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="Networks">See faces in what is generated, for terms that ask them; null where none does.</param>
internal sealed record ObjectiveParts(
    TrainingState State, ExperimentConfig Config, PyramidPerceptualLoss Perceptual, IFaceReconstructor Reconstructor, IFlowEstimator Flow, Device Device, FaceNetworks? Networks = null)
{
    /// <summary>The face networks.</summary>
    /// <param name="who">Who asks for them.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public FaceNetworks SeenBy(string who) => Networks ?? throw new ArgumentException($"{who} asks the face networks what they see, and they were not given.");
}
