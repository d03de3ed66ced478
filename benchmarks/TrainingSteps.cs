using System.Diagnostics;
using PECHead.Research.Ablation;
using PECHead.Research.Acceleration;
using PECHead.Research.Distribution;
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

    /// <summary>A step of the recipe of the reference weights in the ranks of a launcher, one thread each, and what its sums took.</summary>
    /// <param name="setting">Setting of the ablation.</param>
    /// <param name="batch">Pairs of all ranks together.</param>
    /// <param name="steps">How many to measure.</param>
    /// <param name="exchange">How gradients travel.</param>
    public static int InRanks(string setting, int batch, int steps, Precision exchange)
    {
        set_num_threads(1);
        using var world = World.Join();
        using var reconstructor = NeutralFaces.Reconstructor();
        var experiment = AblationPlanFile.Read(Path.Combine(PeerProgram.Repository, "ablations", "plans", "table4.yaml")).Experiment;
        return Run(experiment with
        {
            Setting = AblationSettings.Named(setting),
            ExpressionSize = reconstructor.ExpressionSize,
            Training = experiment.Training with { BatchSize = batch, FramesPerClip = 1, ExchangePrecision = exchange },
        }, steps, reconstructor, world);
    }

    private static int Run(ExperimentConfig config, int steps, MeshReconstructor reconstructor) => Run(config, steps, reconstructor, World.Alone);

    private static int Run(ExperimentConfig config, int steps, MeshReconstructor reconstructor, World world)
    {
        using var scope = NewDisposeScope();
        using var state = TrainingState.Create(config, CPU);
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        var step = new TrainingStep(state, perceptual, config, reconstructor,
            new ReducedFlow(new PyramidalLucasKanade(), factor: 2), CPU)
        {
            World = world,
        };
        SynchronizedNorms.Attach(state.Model, world);
        if (state.Discriminator is { } discriminator) SynchronizedNorms.Attach(discriminator, world);
        var (size, length) = (ModelSize.Named(config.Size).ImageSize, config.Training.FramesPerClip);
        FaceObservation[] Clip(ulong seed) => [.. Enumerable.Range(0, length).Select(time => NeutralFaces.Batch(
            Frames(config.Training.BatchSize / length / world.Size, size, seed + (ulong)time + (1000 * (ulong)world.Rank)), reconstructor))];
        var sample = new TrainingSample(Clip(1), Clip(100));
        var seconds = new List<double>();
        var before = world.Sums;
        for (var i = 0; i < Warmup + steps; i++)
        {
            if (i == Warmup) before = world.Sums;
            var clock = Stopwatch.StartNew();
            step.Run(i, sample, 2e-4);
            if (i >= Warmup) seconds.Add(clock.Elapsed.TotalSeconds);
        }
        if (!world.IsFirst) return 0;
        var sums = world.Sums;
        return Measurement.Print(new
        {
            step_seconds = Measurement.Summary(seconds),
            sums = new { calls = (sums.Calls - before.Calls) / steps, bytes = (sums.Bytes - before.Bytes) / steps, seconds = (sums.Seconds - before.Seconds) / steps },
        });
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
