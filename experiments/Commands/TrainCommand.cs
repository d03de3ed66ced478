using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Training;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead train</c>: a run in a folder, started or continued.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var store = new Option<string>("--store") { Description = "Frame store of 'pechead data prepare'.", Required = true };
        var run = new Option<string>("--run") { Description = "Folder of the run: configuration, log, checkpoint.", Required = true };
        var config = new Option<string?>("--config") { Description = "Experiment in YAML (experiments/configs/*.yaml). Default: the built-in values." };
        var setting = new Option<string?>("--setting") { Description = $"Setting of the ablation, instead of the experiment's: {string.Join(", ", AblationSettings.All.Select(s => s.Id))}." };
        var initial = new Option<string?>("--init") { Description = "Run whose weights the new one starts from: the first stage of two." };
        var portraits = CommonOptions.Portraits();
        var minutes = new Option<double?>("--minutes") { Description = "Wall-clock bound. Without 'steps' in the experiment, the run's length is fitted to it." };
        var steps = new Option<int?>("--steps") { Description = "Steps of the whole run, instead of the experiment's." };
        var seed = new Option<long?>("--seed") { Description = "Seed, instead of the experiment's." };
        var resume = new Option<bool>("--resume") { Description = "Continue the run in the folder, bit for bit as if it had not stopped." };
        var vgg = new Option<string?>("--vgg19") { Description = "torchvision's VGG19 weights (.pth or .safetensors) for the perceptual loss. Without them the experiment's 'features' serve, and 'features: vgg19' looks for them in the folder of weights." };
        var size = new Option<string?>("--size") { Description = $"Size of the model, instead of the experiment's: {string.Join(", ", ModelSize.All.Select(s => s.Name))}." };
        var features = new Option<PerceptualFeatureSet?>("--features") { Description = "What the perceptual loss compares, instead of the experiment's: pyramid, recognizer or vgg19." };
        var weights = CommonOptions.Weights();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("train", "Train a model. Ctrl-C saves and stops; --resume continues.")
        {
            store, run, config, setting, size, features, portraits, initial, minutes, steps, seed, resume, vgg, weights, data, device,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Train(
            parsed.GetValue(store)!,
            new RunFolder(parsed.GetValue(run)!),
            Configure(parsed.GetValue(config), parsed.GetValue(setting), parsed.GetValue(size), parsed.GetValue(features), parsed.GetValue(steps), parsed.GetValue(seed)),
            parsed.GetValue(portraits), parsed.GetValue(initial),
            parsed.GetValue(resume), parsed.GetValue(minutes), parsed.GetValue(vgg), CommonOptions.ParseWeights(parsed.GetValue(weights)), parsed.GetValue(data)!, parsed.GetValue(device)!, cancellation)));
        return command;
    }

    private static ExperimentConfig Configure(string? file, string? setting, string? size, PerceptualFeatureSet? features, int? steps, long? seed)
    {
        var config = file is null ? new ExperimentConfig() : ExperimentConfigFile.Read(file);
        return config with
        {
            Setting = setting is null ? config.Setting : AblationSettings.Named(setting),
            Size = size ?? config.Size,
            Features = features ?? config.Features,
            Training = config.Training with { Steps = steps ?? config.Training.Steps, Seed = seed ?? config.Training.Seed },
        };
    }

    private static int Train(
        string store, RunFolder run, ExperimentConfig config, string? portraits, string? initial, bool resume, double? minutes, string? vgg, WeightFolder weights, string data, string deviceText, CancellationToken cancellation)
    {
        if (run.HasCheckpoint && !resume) throw new DataException("there is a run already", run.Path, "Continue it with --resume, or name another folder.");
        if (!run.HasCheckpoint && resume) throw new DataException("there is no run to resume", run.Path, "Leave --resume out to start one.");
        if (resume) (config, _) = RunCheckpoint.ReadHeader(run.Checkpoint);

        var device = CommonOptions.ParseDevice(deviceText);
        using var frames = FaceStore.Open(store, config.Reconstructor);
        using var perceptual = new PyramidPerceptualLoss(Features(config, vgg, weights, data));
        using var flow = FrameFlows.Create(config.Flow, frames.Frames.Size, weights, device);
        Console.WriteLine($"perceptual loss on: {perceptual.Name}");
        using var stills = FaceStores.Portraits(config, portraits, data, device);
        var trainer = new Trainer(frames, run, perceptual, flow, device) { Portraits = stills };
        var outcome = ProgressBar.Show($"training in {run.Path}", bar => trainer.Run(
            config, minutes, initial is null ? null : new RunFolder(initial).Checkpoint, new Relay<TrainingProgress>(p => bar.Update(
                p.Step, p.TotalSteps, $"loss {p.Losses["total"]:0.000}, {p.SecondsPerStep:0.00} s a step")), cancellation));
        Console.WriteLine(outcome switch
        {
            TrainingOutcome.Finished => $"finished: {run.Checkpoint}",
            TrainingOutcome.OutOfTime => $"out of time: {run.Checkpoint}; continue with --resume",
            _ => $"stopped: {run.Checkpoint}; continue with --resume",
        });
        return 0;
    }

    /// <summary>What the perceptual term compares.</summary>
    internal static PerceptualFeatures Features(ExperimentConfig config, string? vgg, WeightFolder weights, string data) => (vgg, config.Features) switch
    {
        ({ } file, _) => Vgg19Features.FromStateDict(StateDict.Load(file)),
        (_, PerceptualFeatureSet.Recognizer) => new RecognizerFeatures(FaceStores.Networks(data)),
        (_, PerceptualFeatureSet.Vgg19) => weights.TryBuild(Vgg19Features.Published, Vgg19Features.FromStateDict) ?? throw new DataException(
            "the experiment compares features of VGG19, and there are no weights", weights.Path,
            "Put torchvision's file into the folder of weights ('pechead weights list' says which), or compare others with --features recognizer or pyramid."),
        _ => new ImagePyramidFeatures(),
    };
}
