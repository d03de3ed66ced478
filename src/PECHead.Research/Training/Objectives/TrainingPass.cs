using PECHead.Research.Losses;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>What a model made of a batch.</summary>
/// <param name="Source">Frames [N, 3, H, W], RGB in [0, 1]; the first of every clip.</param>
/// <param name="Driving">The frames that are to be reconstructed.</param>
/// <param name="Image">Makes or gives the generated frames, where somebody looks.</param>
/// <param name="Compare">Evaluates the terms, once.</param>
/// <param name="Judge">What the discriminator minimises, once the model has been updated; null without a discriminator.</param>
internal sealed record TrainingPass(Tensor Source, Tensor Driving, Func<Tensor> Image, Func<ObjectiveValue> Compare, Func<Tensor>? Judge = null);
