using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Ablation;
using PECHead.Research.Checkpoints;
using PECHead.Research.Distribution;
using PECHead.Research.Evaluation;
using PECHead.Research.Losses;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead ablate</c>: all settings and models of a plan, trained and evaluated under an equal budget.</summary>
internal static class AblateCommand
{
    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "Settings, models, seeds and metrics in YAML.", DefaultValueFactory = _ => "ablations/plans/table4.yaml" };
        var store = new Option<string?>("--store") { Description = "Frame store, instead of the plan's in the folder of data." };
        var portraits = CommonOptions.Portraits();
        var settings = new Option<string?>("--settings") { Description = "Some of the plan's settings and models only, separated by commas." };
        var minutes = Numbers.Number("--minutes", "Minutes of training of every run.", 0, above: true);
        var steps = Numbers.OptionalWhole("--steps", "Steps of every run, instead of minutes.");
        var seeds = Numbers.OptionalWhole("--seeds", "Seeds 1 to K, instead of the plan's.");
        var seed = Numbers.OptionalWhole("--seed", "This seed alone, instead of the plan's: one job of several.", 0);
        var collect = new Option<bool>("--collect") { Description = "Train nothing: make the tables, curves and samples of the runs that are finished in the folder." };
        var output = new Option<string>("--out") { Description = "Folder of runs, tables and samples. Started again, an ablation goes on in it.", DefaultValueFactory = _ => "runs/ablation" };
        var noFaces = new Option<bool>("--no-faces") { Description = "Leave out the metrics that look at faces." };
        var vgg = new Option<string?>("--vgg19") { Description = "torchvision's VGG19 weights for the perceptual loss." };
        var weights = CommonOptions.Weights();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("ablate", "Train and evaluate the settings and models of a plan under an equal budget. Stopped or killed, it continues where it was.")
        {
            plan, store, portraits, settings, minutes, steps, seeds, seed, collect, output, noFaces, vgg, weights, data, device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var configured = Configure(
                AblationPlanFile.Read(parsed.GetValue(plan)!), parsed.GetValue(settings), (int?)parsed.GetValue(seeds), parsed.GetValue(seed), parsed.GetValue(noFaces));
            var budget = Budget(parsed.GetValue(minutes), (int?)parsed.GetValue(steps));
            return Task.FromResult(Ranks.Run((world, token) => Ablate(
                world, configured, budget, parsed.GetValue(collect), parsed.GetValue(store), parsed.GetValue(portraits), parsed.GetValue(output)!, !parsed.GetValue(noFaces),
                parsed.GetValue(vgg), CommonOptions.ParseWeights(parsed.GetValue(weights)), parsed.GetValue(data)!, parsed.GetValue(device)!, token), cancellation));
        });
        return command;
    }

    private static AblationPlan Configure(AblationPlan plan, string? settings, int? seeds, long? seed, bool noFaces)
    {
        if (seeds is not null && seed is not null) throw new ArgumentException("--seeds K takes the seeds 1 to K, and --seed N one alone: give one of the two.");
        if (settings is not null) plan = plan.Only(settings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        if (seeds is { } count) plan = plan with { Seeds = [.. Enumerable.Range(1, Math.Max(0, count)).Select(one => (long)one)] };
        if (seed is { } only) plan = plan with { Seeds = [only] };
        return noFaces ? plan with { Metrics = [] } : plan;
    }

    private static AblationBudget Budget(double? minutes, int? steps) => (minutes, steps) switch
    {
        (null, { } count) => AblationBudget.OfSteps(count),
        ({ } time, null) => AblationBudget.OfMinutes(time),
        _ => throw new ArgumentException("Give every run either --minutes or --steps."),
    };

    private static int Ablate(
        World world, AblationPlan plan, AblationBudget budget, bool collect, string? store, string? portraits, string output, bool faces, string? vgg, WeightFolder weights, string data, string deviceText,
        CancellationToken cancellation)
    {
        plan.Validate();
        var device = CommonOptions.ParseDevice(deviceText, world);
        using var frames = FaceStore.Open(store ?? Path.Combine(data, plan.Store), plan.Experiment.Reconstructor);
        using var measurer = faces ? new FaceMeasurer(world.InTurn(() => FaceStores.Networks(data)), device, FaceStores.MeasurementCache) : null;
        using var networks = CommonOptions.LoadNetworks(weights, device);
        using var perceptual = new PyramidPerceptualLoss(TrainCommand.Features(plan.Experiment, vgg, weights, data));
        using var flow = FrameFlows.Create(plan.Experiment.Flow, frames.Frames.Size, weights, device);
        using var stills = FaceStores.Portraits(plan.Experiment, portraits, data, device);
        Console.WriteLine($"{plan.Settings.Count + plan.Models.Count} rows x {plan.Seeds.Count} seeds; perceptual loss on: {perceptual.Name}");
        using var seeing = FaceStores.Networks(plan.AsksFaceNetworks(), world, data, device);
        var study = new AblationStudy(plan, budget, frames, output, perceptual, flow, device, measurer, networks) { Portraits = stills, FaceNetworks = seeing, World = world };
        if (collect)
        {
            var (finished, unfinished) = study.Collect();
            Print(plan, finished, study, output);
            if (unfinished.Count > 0) Console.WriteLine($"not finished: {string.Join(", ", unfinished)}");
            return 0;
        }
        try
        {
            var results = ProgressBar.Show($"ablation in {output}", bar => study.Run(new Relay<AblationProgress>(p => bar.Update(
                p.Done + Fraction(p), p.Count,
                p.Training is { } step ? $"{p.Run}: step {step.Step}/{step.TotalSteps}, loss {step.Losses["total"]:0.000}" : p.Run)), cancellation));
            if (world.IsFirst) Print(plan, results, study, output);
            return 0;
        }
        catch (OperationCanceledException) when (Ranks.AreScheduled(world))
        {
            return Ranks.TryAgain;
        }
    }

    private static void Print(AblationPlan plan, IReadOnlyList<AblationResult> results, AblationStudy study, string output)
    {
        Console.WriteLine(AblationTable.Assemble(plan, results, study.Published).ToMarkdown());
        Console.WriteLine($"tables:  {Path.Combine(output, "table4.{csv,md,html,tex}")}");
        Console.WriteLine($"curves:  {Path.Combine(output, "curves.{svg,html}")}");
        Console.WriteLine($"samples: {Path.Combine(output, "samples.png")}");
    }

    private static double Fraction(AblationProgress progress)
        => progress.Training is { TotalSteps: > 0 } step ? (double)step.Step / step.TotalSteps : 0;
}
