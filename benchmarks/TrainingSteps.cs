using System.Diagnostics;
using PECHead.Research.Ablation;
using PECHead.Research.Acceleration;
using PECHead.Research.FaceModel;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Whole training steps: forward, losses, backward, Adam.</summary>
internal static class TrainingSteps
{
    private const int Warmup = 10;

    /// <summary>A step of the recipe of the reference weights, in its stage of single frames or of clips.</summary>
    public static int Reference(string setting, int framesPerClip, int steps)
    {
        using var reconstructor = NeutralFaces.Reconstructor();
        var plan = AblationPlanFile.Read(Path.Combine(PeerProgram.Repository, "ablations", "plans", "table4.yaml"));
        return Run(plan.Experiment with
        {
            Setting = AblationSettings.Named(setting),
            ExpressionSize = reconstructor.ExpressionSize,
            Training = plan.Experiment.Training with { FramesPerClip = framesPerClip, FrozenStatistics = framesPerClip > 1 },
        }, steps, reconstructor);
    }

    /// <summary>A step of the KP model that the peer has, with the peer's losses.</summary>
    public static int Run(int size, int batch, string layout, string precision, int steps)
    {
        using var reconstructor = NeutralFaces.Reconstructor();
        var config = new ExperimentConfig
        {
            Setting = NeutralFaces.Setting,
            ExpressionSize = reconstructor.ExpressionSize,
            // The peer has no term of the parts of the face, and no average.
            Loss = new LossWeights { KeypointSpread = 10, FaceParts = 0 },
            Size = ModelSize.All.First(s => s.ImageSize == size).Name,
            Training = new TrainingConfig
            {
                BatchSize = batch,
                ChannelsLast = layout == "channels_last",
                Precision = precision == "bf16" ? Precision.Mixed : Precision.Full,
                AverageDecay = 0,
            },
        };
        return Run(config, steps, reconstructor);
    }

    private static int Run(ExperimentConfig config, int steps, MeshReconstructor reconstructor)
    {
        using var scope = NewDisposeScope();
        using var state = TrainingState.Create(config, CPU);
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        var step = new TrainingStep(state, perceptual, config, reconstructor,
            new ReducedFlow(new PyramidalLucasKanade(), factor: 2), CPU);
        var (size, length) = (ModelSize.Named(config.Size).ImageSize, config.Training.FramesPerClip);
        FaceObservation[] Clip(ulong seed) => [.. Enumerable.Range(0, length).Select(time => NeutralFaces.Batch(
            Frames(config.Training.BatchSize / length, size, seed + (ulong)time), reconstructor))];
        var sample = new TrainingSample(Clip(1), Clip(100));
        var seconds = new List<double>();
        for (var i = 0; i < Warmup + steps; i++)
        {
            var clock = Stopwatch.StartNew();
            step.Run(i, sample, 2e-4);
            if (i >= Warmup) seconds.Add(clock.Elapsed.TotalSeconds);
        }
        return Measurement.Print(new { step_seconds = Measurement.Summary(seconds) });
    }

    /// <summary>Frame-like noise: smooth, in [0, 1].</summary>
    internal static Tensor Frames(long batch, long size, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        return nn.functional.interpolate(
            rand([batch, 3, size / 8, size / 8], generator: generator), [size, size], mode: InterpolationMode.Bilinear, align_corners: true).MoveToOuterDisposeScope();
    }
}
