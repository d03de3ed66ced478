using PECHead.Research.FaceModel;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Experiments.Profiling;

/// <summary>Watches training steps: the modules in the forward pass, and the rest of the step as one row.</summary>
internal static class ProfiledStep
{
    private const string Rest = "losses, backward, update";
    private const double BackwardProducts = 2;    // of the forward pass: gradients of inputs and of weights

    /// <summary>The calls of each step, behind as many steps that warm up.</summary>
    /// <param name="config">The experiment; single frames of random smooth pictures, with neutral faces.</param>
    /// <param name="reconstructor">Makes the faces.</param>
    /// <param name="count">Steps to measure.</param>
    /// <param name="busy">Measures.</param>
    public static List<IReadOnlyList<ModuleCall>> Run(ExperimentConfig config, MeshReconstructor reconstructor, int count, BusyClock busy)
    {
        using var scope = NewDisposeScope();
        using var state = TrainingState.Create(config, CPU);
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        // Pictures of nobody: who is seen in them is not asked.
        if (config.AsksFaceNetworks()) config = config with { Weights = new Dictionary<string, double>(config.Weights) { [BaselineRecipe.Identity] = 0 } };
        var step = new TrainingStep(state, perceptual, config, reconstructor, new ReducedFlow(new PyramidalLucasKanade(), factor: 2), CPU);
        var clock = new ModuleClock(state.Model, busy);
        var sample = new TrainingSample([Batch(config, reconstructor)], [Batch(config, reconstructor)]);
        var steps = new List<IReadOnlyList<ModuleCall>>();
        for (int i = 0; i < 2 * count; i++)
        {
            clock.Calls.Clear();
            clock.Span(Rest, () => step.Run(i, sample, config.Training.LearningRate));
            if (i < count) continue;
            var calls = clock.Calls.ToList();
            calls[^1] = calls[^1] with { Products = BackwardProducts * calls.Sum(call => call.Products) };
            steps.Add(calls);
        }
        return steps;
    }

    private static FaceObservation Batch(ExperimentConfig config, MeshReconstructor reconstructor)
    {
        long count = config.Training.BatchSize, side = config.FrameSize();
        var frames = nn.functional.interpolate(rand(count, 3, side / 8, side / 8), [side, side], mode: InterpolationMode.Bilinear, align_corners: true);
        return new FaceObservation(frames, reconstructor.Neutral(count, CPU));
    }
}
