using System.CommandLine;
using System.Globalization;
using PECHead.Research.Acceleration;
using PECHead.Research.Distribution;
using PECHead.Research.FaceModel;
using PECHead.Research.Recipes;
using PECHead.Research.Training;
using Spectre.Console;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead scaling</c>: what training in so many ranks should take on a cluster.</summary>
internal static class ScalingCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config") { Description = "Experiment in YAML whose model is trained. Default: the built-in values." };
        var gradients = Numbers.Number("--gradients", "MB of the gradients of another program's model, instead of --config; batch normalisation is then not synchronised.", 0, above: true);
        var compute = Numbers.Number("--compute", "Seconds of a step of one rank alone with its share of the batch, as 'pechead train' prints them. Default: 0.5.", 0, above: true);
        var ranks = new Option<int[]>("--ranks") { Description = "Numbers of ranks.", DefaultValueFactory = _ => [8, 64, 512], AllowMultipleArgumentsPerToken = true };
        var bandwidth = Numbers.Number("--bandwidth", "GB a second that one rank sends, and receives at the same time, over the slowest link of the ring. Default: 12.5, a network of 100 Gbit/s for each rank.", 0, above: true);
        var latency = Numbers.Number("--latency", "Microseconds of an empty message. Default: 5.", 0);
        var staging = Numbers.Number("--staging", "GB a second between a GPU and the memory of its host. Default: the ranks compute on CPUs.", 0, above: true);
        var stagingLatency = Numbers.Number("--staging-latency", "Microseconds of an empty copy between a GPU and its host. Default: 10 with --staging.", 0);
        var overlap = Numbers.Number("--overlap", "Share of the computation behind which gradients are exchanged. Default: 0, as pechead does it; other programs overlap up to the share of the backward pass.", 0, 1);
        var command = new Command("scaling", "Predict how training scales to many ranks of a cluster, each with its share of the batch; prints the assumptions.")
        {
            config, gradients, compute, ranks, bandwidth, latency, staging, stagingLatency, overlap,
        };
        command.SetAction(parsed =>
        {
            var model = new ScalingModel(new RankLink((parsed.GetValue(bandwidth) ?? 12.5) * 1e9, (parsed.GetValue(latency) ?? 5) * 1e-6)) { Overlap = parsed.GetValue(overlap) ?? 0 };
            if (parsed.GetValue(staging) is { } copies)
                model = model with { StagingBandwidth = copies * 1e9, StagingLatency = (parsed.GetValue(stagingLatency) ?? 10) * 1e-6 };
            else if (parsed.GetValue(stagingLatency) is not null)
                throw new ArgumentException("--staging-latency goes with --staging: ranks on CPUs copy nothing.");
            var counts = parsed.GetValue(ranks)!;
            if (counts.Length == 0 || counts.Any(count => count < 1)) throw new ArgumentException("--ranks takes whole numbers of at least 1.");
            var (file, other, seconds) = (parsed.GetValue(config), parsed.GetValue(gradients), parsed.GetValue(compute) ?? 0.5);
            if (file is not null && other is not null) throw new ArgumentException("--config and --gradients name two models: give one of them.");
            Print(model, other is { } megabytes ? new RankWorkload(seconds, megabytes * 1e6, []) : Workload(file is null ? new ExperimentConfig() : ExperimentConfigFile.Read(file), seconds), counts);
            return 0;
        });
        return command;
    }

    // What a step sends: the gradients of the networks, and the statistics of every pass through a batch normalisation.
    private static RankWorkload Workload(ExperimentConfig config, double compute)
    {
        using var reconstructor = FaceReconstructors.Create(config.Reconstructor);
        using var state = TrainingState.Create(config with { ExpressionSize = reconstructor.ExpressionSize }, CPU);
        nn.Module[] networks = [state.Model, .. state.Discriminator is { } discriminator ? [discriminator] : Array.Empty<nn.Module>()];
        return new RankWorkload(
            compute, (config.Training.ExchangePrecision == Precision.Mixed ? sizeof(ushort) : sizeof(float)) * networks.Sum(network => network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel())),
            [.. networks.SelectMany(network => network.modules().OfType<BatchNorm>()).Where(norm => norm.training).Select(norm => (int)norm.running_mean!.numel())]);
    }

    private static void Print(ScalingModel model, RankWorkload work, int[] counts)
    {
        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(Text($"a step of one rank: {work.ComputeSeconds:0.###} s; every rank keeps its share of the batch"));
        Console.WriteLine(Text($"gradients: {work.GradientBytes / 1e6:0.0} MB in messages of {model.BucketBytes / 1e6:0.0} MB; batch normalisation: {2 * work.NormChannels.Count} sums of {work.NormChannels.DefaultIfEmpty().Average() * 2 * sizeof(double):0} bytes on average"));
        Console.WriteLine(Text($"links: {model.Link.Bandwidth / 1e9:0.###} GB/s, {model.Link.Latency * 1e6:0.#} µs; ")
            + (double.IsInfinity(model.StagingBandwidth) ? "nothing is copied to a host" : Text($"copies to the host and back: {model.StagingBandwidth / 1e9:0.#} GB/s, {model.StagingLatency * 1e6:0.#} µs each"))
            + Text($"; overlap with {100 * model.Overlap:0} % of the computation"));
        Console.WriteLine("no slower ranks, no other traffic, no waiting for frames");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("ranks", "step, s", "gradients, ms", "normalisation, ms", "efficiency", "speed-up");
        foreach (var prediction in counts.Select(count => model.Predict(work, count)))
            table.AddRow(
                Text($"{prediction.Ranks}"), Text($"{prediction.StepSeconds:0.000}"), Text($"{1e3 * prediction.ExchangeSeconds:0.0}"), Text($"{1e3 * prediction.NormSeconds:0.0}"), Text($"{100 * prediction.Efficiency:0.0} %"),
                Text($"{prediction.Ranks * prediction.Efficiency:0.0}"));
        AnsiConsole.Write(table);
    }
}
