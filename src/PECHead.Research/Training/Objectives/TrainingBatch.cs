using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>What the objective of a model sees of a step.</summary>
/// <param name="Sample">Frames with their faces, before flips and colours.</param>
/// <param name="Told">What a model that is told of faces is told of the driving frames: those of the sample, or the same with trembling faces.</param>
/// <param name="Augmentation">Flips and colours of the step.</param>
/// <param name="Generator">Draws what is random in the step, on the CPU.</param>
/// <param name="Progress">Share of the run that is done, 0 to 1; 0 while the length of the run is not known.</param>
internal sealed record TrainingBatch(
    TrainingSample Sample, IReadOnlyList<FaceObservation> Told, FrameAugmentation Augmentation, Generator Generator, double Progress);
