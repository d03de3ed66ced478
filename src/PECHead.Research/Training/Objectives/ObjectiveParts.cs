using PECHead.Research.FaceModel;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
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
internal sealed record ObjectiveParts(
    TrainingState State, ExperimentConfig Config, PyramidPerceptualLoss Perceptual, IFaceReconstructor Reconstructor, IFlowEstimator Flow, Device Device);
