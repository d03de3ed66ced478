using System.Globalization;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;

namespace PECHead.Experiments.Commands;

/// <summary>What the options of <c>pechead train</c> ask for: of a new run, or of one that goes on.</summary>
/// <param name="File">The experiment of --config; null where none is named.</param>
internal sealed record RunRequest(ExperimentConfig? File)
{
    /// <summary>Id of a baseline.</summary>
    public string? Model { get; init; }

    public TrainedStage? Stage { get; init; }

    public bool UpstreamQuirks { get; init; }

    public AblationSetting? Setting { get; init; }

    public string? Size { get; init; }

    public PerceptualFeatureSet? Features { get; init; }

    public string? Initial { get; init; }

    public int? Steps { get; init; }

    public long? Seed { get; init; }

    public double? LearningRate { get; init; }

    public double? Minutes { get; init; }

    /// <summary>The experiment of a new run.</summary>
    public ExperimentConfig Started()
    {
        var config = File ?? new ExperimentConfig();
        config = OfModel(config);
        if (Setting is not null && config.Model is { } baseline) throw new ArgumentException($"--setting {Setting.Id} belongs to PECHead, and the experiment trains {baseline}.");
        return config with
        {
            Setting = Setting ?? config.Setting,
            Stage = Stage ?? config.Stage,
            UpstreamQuirks = UpstreamQuirks || config.UpstreamQuirks,
            Size = Size ?? config.Size,
            Features = Features ?? config.Features,
            Training = config.Training with
            {
                Steps = Steps ?? config.Training.Steps,
                Seed = Seed ?? config.Training.Seed,
                LearningRate = LearningRate ?? config.Training.LearningRate,
            },
        };
    }

    /// <summary>The experiment of a run that goes on, with a line about what changes; only its length and learning rate may.</summary>
    /// <param name="before">The run's own.</param>
    /// <param name="done">How far it is.</param>
    /// <exception cref="ArgumentException">An option contradicts the run: the message names both values.</exception>
    public (ExperimentConfig Config, string? Note) Resumed(ExperimentConfig before, RunProgress done)
    {
        Same("--model", Model, before.Subject());
        Same("--setting", Setting?.Id, before.Subject());
        Same("--stage", Stage?.ToString(), before.Stage.ToString());
        if (UpstreamQuirks && !before.UpstreamQuirks) throw new ArgumentException("--upstream-quirks contradicts the run, which was started without.");
        Same("--size", Size, before.Size);
        Same("--features", Features?.ToString(), before.Features.ToString());
        Same("--seed", Text(Seed), Text(before.Training.Seed));
        if (Initial is not null) throw new ArgumentException($"--init {Initial} contradicts --resume: the run goes on from its own weights.");
        if (File is not null) SameFile(File, before);
        if (Steps < done.TotalSteps)
            throw new ArgumentException($"--steps {Steps} contradicts the run, which has {done.TotalSteps} steps: a run is made longer, not shorter. Stop it with Ctrl-C.");
        var training = before.Training with { Steps = Steps ?? done.TotalSteps, LearningRate = LearningRate ?? before.Training.LearningRate };
        var notes = new List<string>();
        if (LearningRate is { } rate && rate != before.Training.LearningRate)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the peak learning rate is {rate} from here on, before {before.Training.LearningRate}"));
        if (Steps > done.TotalSteps)
            notes.Add($"the run of {done.TotalSteps} steps is extended to {Steps}: the learning rate follows the schedule of {Steps} steps from step {done.Step} on");
        else if (Minutes is { } minutes && Steps is null && done.TotalSteps > 0 && done.Step >= done.TotalSteps)
        {
            // At the pace that it had.
            training = training with { Steps = done.Step + Math.Max(1, (int)(minutes * 60 * done.Step / Math.Max(done.Seconds, 1e-3))) };
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the finished run of {done.TotalSteps} steps goes on for about {minutes} minutes, to step {training.Steps}: the learning rate follows the schedule of that many steps from step {done.Step} on"));
        }
        return (before with { Training = training }, notes.Count == 0 ? null : string.Join(Environment.NewLine, notes));
    }

    private ExperimentConfig OfModel(ExperimentConfig config)
        => Model is null || Model == config.Model ? config : BaselineRecipes.Named(Model).Apply(config);

    private static void Same(string option, string? asked, string? run)
    {
        if (asked is not null && asked != run)
            throw new ArgumentException($"{option} {asked} contradicts the run, which has {run}. Leave it out, or start another run.");
    }

    private static string? Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);

    private static void Repeated(string option, string? given, string? file, string? run)
    {
        if (given is null && file != run)
            throw new ArgumentException($"--config says {option[2..]} {file}, and the run has {run}. Repeat the options that the run was started with ({option} {run?.ToLowerInvariant()}), or leave --config out.");
    }

    private void SameFile(ExperimentConfig asked, ExperimentConfig before)
    {
        // What options said of the first run is not in its file.
        asked = OfModel(asked);
        if (asked.Model != before.Model) Repeated("--model", Model, asked.Subject(), before.Subject());
        Repeated("--setting", Setting?.Id, asked.Setting.Id, before.Setting.Id);
        Repeated("--stage", Stage?.ToString(), asked.Stage.ToString(), before.Stage.ToString());
        Repeated("--size", Size, asked.Size, before.Size);
        Repeated("--features", Features?.ToString(), asked.Features.ToString(), before.Features.ToString());
        Repeated("--seed", Text(Seed), Text(asked.Training.Seed), Text(before.Training.Seed));
        Repeated("--learning-rate", Text(LearningRate), Text(asked.Training.LearningRate), Text(before.Training.LearningRate));
        // What the options say is compared by them, and the size of the expression is the data's.
        string[] Lines(ExperimentConfig config)
        {
            var folded = (this with { File = config }).Started();
            return ExperimentConfigFile.Format(folded with { ExpressionSize = 0, Training = folded.Training with { Steps = 0 } }).Split('\n');
        }
        var (wanted, has) = (Lines(asked), Lines(before));
        foreach (var (one, other) in wanted.Zip(has))
        {
            if (one != other) throw new ArgumentException($"--config contradicts the run: '{one.Trim()}', and the run has '{other.Trim()}'. Leave it out, or start another run.");
        }
        if (wanted.Length != has.Length) throw new ArgumentException("--config contradicts the run. Leave it out, or start another run.");
    }
}
