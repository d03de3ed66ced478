using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
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
        var model = new Option<string?>("--model") { Description = $"Model, instead of the experiment's: {string.Join(", ", BaselineRecipes.All.Select(recipe => recipe.Id))}, or a setting of PECHead. Without --config, a baseline has its method's Adam and objective, but no discriminator." };
        var stage = CommonOptions.OneOf(new Option<TrainedStage?>("--stage") { Description = "What is trained: frames, the default; from a run of the first stage (--init): disentangling, the network of mraa and tpsmm that separates shape and pose; or stitching, the networks of liveportrait that shift keypoints." });
        var quirks = new Option<bool>("--upstream-quirks") { Description = "Keep slips of a baseline's published code in its objective; docs/models.md lists them." };
        var setting = new Option<string?>("--setting") { Description = $"Setting of the ablation, instead of the experiment's: {string.Join(", ", AblationSettings.All.Select(s => s.Id))}." };
        var initial = new Option<string?>("--init") { Description = "Run whose weights the new one starts from: the first stage of two." };
        var portraits = CommonOptions.Portraits();
        var minutes = Numbers.Number("--minutes", "Wall-clock bound. Without 'steps' in the experiment, the run's length is fitted to it. With --resume, a finished run goes on for so long.", 0, above: true);
        var steps = Numbers.OptionalWhole("--steps", "Steps of the whole run, instead of the experiment's. With --resume, more than before extend it.");
        var seed = Numbers.OptionalWhole("--seed", "Seed, instead of the experiment's.", 0, long.MaxValue);
        var rate = Numbers.Number("--learning-rate", "Peak learning rate, instead of the experiment's; also with --resume, after a run that diverged.", 0, 1, above: true);
        var resume = new Option<bool>("--resume") { Description = "Continue the run in the folder, bit for bit as if it had not stopped." };
        var vgg = new Option<string?>("--vgg19") { Description = "torchvision's VGG19 weights (.pth or .safetensors) for the perceptual loss. Without them the experiment's 'features' serve, and 'features: vgg19' looks for them in the folder of weights." };
        var size = new Option<string?>("--size") { Description = $"Size of the model, instead of the experiment's: {string.Join(", ", ModelSize.All.Select(s => s.Name))}." };
        var features = CommonOptions.OneOf(new Option<PerceptualFeatureSet?>("--features") { Description = "What the perceptual loss compares, instead of the experiment's." });
        var weights = CommonOptions.Weights();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("train", "Train a model. Ctrl-C saves and stops; --resume continues.")
        {
            store, run, config, model, stage, quirks, setting, size, features, portraits, initial, minutes, steps, seed, rate, resume, vgg, weights, data, device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var file = parsed.GetValue(config);
            var (named, id) = (parsed.GetValue(model), parsed.GetValue(setting));
            if (AblationSettings.All.Any(one => one.Id == named)) (named, id) = (null, named);
            var asked = new RunRequest(file is null ? null : ExperimentConfigFile.Read(file))
            {
                Model = named,
                Stage = parsed.GetValue(stage),
                UpstreamQuirks = parsed.GetValue(quirks),
                Setting = id is null ? null : AblationSettings.Named(id),
                Size = parsed.GetValue(size),
                Features = parsed.GetValue(features),
                Initial = parsed.GetValue(initial),
                Steps = (int?)parsed.GetValue(steps),
                Seed = parsed.GetValue(seed),
                LearningRate = parsed.GetValue(rate),
                Minutes = parsed.GetValue(minutes),
            };
            return Task.FromResult(Ranks.Run((world, token) => Train(
                world, parsed.GetValue(store)!, new RunFolder(parsed.GetValue(run)!), asked, parsed.GetValue(portraits), parsed.GetValue(resume), parsed.GetValue(vgg),
                CommonOptions.ParseWeights(parsed.GetValue(weights)), parsed.GetValue(data)!, parsed.GetValue(device)!, token), cancellation));
        });
        return command;
    }

    private static int Train(
        World world, string store, RunFolder run, RunRequest asked, string? portraits, bool resume, string? vgg, WeightFolder weights, string data, string deviceText, CancellationToken cancellation)
    {
        if (run.HasCheckpoint && !resume) throw new DataException("there is a run already", run.Path, "Continue it with --resume, or name another folder.");
        if (!run.HasCheckpoint && resume) throw new DataException("there is no run to resume", run.Path, "Leave --resume out to start one.");
        OutputFile.Require(run.Config);
        var config = asked.Started();
        if (resume)
        {
            var (before, done) = RunCheckpoint.ReadHeader(run.Checkpoint);
            (config, var note) = asked.Resumed(before, done);
            if (note is not null) Console.WriteLine(note);
        }

        var device = CommonOptions.ParseDevice(deviceText, world);
        using var frames = FaceStore.Open(store, config.Reconstructor);
        using var perceptual = new PyramidPerceptualLoss(Features(config, vgg, weights, data));
        using var flow = FrameFlows.Create(config.Flow, frames.Frames.Size, weights, device);
        Console.WriteLine($"perceptual loss on: {perceptual.Name}");
        using var stills = FaceStores.Portraits(config, portraits, data, device);
        using var networks = FaceStores.Networks(config.AsksFaceNetworks(), world, data, device);
        var trainer = new Trainer(frames, run, perceptual, flow, device) { Portraits = stills, Networks = networks, World = world };
        var parts = new Dictionary<string, double>();
        var outcome = ProgressBar.Show($"training in {run.Path}", bar => trainer.Run(
            config, asked.Minutes, asked.Initial is null || resume ? null : new RunFolder(asked.Initial).Checkpoint, new Relay<TrainingProgress>(p =>
            {
                foreach (var (part, seconds) in p.Parts) parts[part] = parts.GetValueOrDefault(part) + seconds;
                bar.Update(p.Step, p.TotalSteps, $"loss {p.Losses["total"]:0.000}, {p.SecondsPerStep:0.00} s a step");
            }), cancellation));
        if (parts.Count > 0) Console.WriteLine($"time: {string.Join(", ", parts.Select(part => $"{part.Key} {part.Value / parts.Values.Sum():0 %}"))}; curves: tensorboard --logdir {run.Events}");
        Console.WriteLine(outcome switch
        {
            TrainingOutcome.Finished => parts.Count > 0
                ? $"finished: {run.Checkpoint}"
                : $"nothing to do, the run is finished: {run.Checkpoint}; make it longer with --steps or --minutes",
            TrainingOutcome.OutOfTime => $"out of time: {run.Checkpoint}; continue with --resume",
            _ => $"stopped: {run.Checkpoint}; continue with --resume",
        });
        return outcome == TrainingOutcome.Stopped && Ranks.AreScheduled(world) ? Ranks.TryAgain : 0;
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
