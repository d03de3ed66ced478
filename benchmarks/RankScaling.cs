using System.Globalization;
using System.Text.Json.Nodes;

namespace PECHead.Benchmarks;

/// <summary>
/// How a training step scales from one rank to two on two cores, one thread each: weak (every rank keeps its batch) and strong (both share
/// one). Each measurement is a launch of its own, turn by turn; the table has medians over the rounds.
/// </summary>
internal static class RankScaling
{
    private const string Setting = "kp";
    private const int Pairs = 8;

    private static readonly (string Name, int Ranks, int Batch, string Exchange)[] Runs =
    [
        ("one rank", 1, Pairs, "full"), ("two ranks, weak", 2, 2 * Pairs, "full"), ("two ranks, weak, brain floats on the way", 2, 2 * Pairs, "mixed"),
        ("two ranks, strong", 2, Pairs, "full"),
    ];

    public static int Run(int rounds, int steps)
    {
        // mpirun gives its ranks a terminal, and .NET greets one with commands.
        Environment.SetEnvironmentVariable("TERM", "dumb");
        // Open MPI asks whoever is root whether that is meant.
        foreach (var name in new[] { "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM" }) Environment.SetEnvironmentVariable(name, "1");
        var reports = Runs.Select(_ => new List<JsonNode>()).ToArray();
        for (var round = 0; round < rounds; round++)
            foreach (var (i, run) in Runs.Index()) reports[i].Add(Launch(run.Ranks, run.Batch, steps, run.Exchange));
        var alone = Median(reports[0], "step_seconds", "median");
        Console.WriteLine("| run | batch | step, s | speed-up | sums a step | MB a step | ms in sums |\n|---|---:|---:|---:|---:|---:|---:|");
        foreach (var (i, (name, _, batch, _)) in Runs.Index())
        {
            var step = Median(reports[i], "step_seconds", "median");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {batch} | {step:0.000} | {alone / step * batch / Pairs:0.00} | {Median(reports[i], "sums", "calls"):0} | {Median(reports[i], "sums", "bytes") / 1e6:0.00} | {1e3 * Median(reports[i], "sums", "seconds"):0.0} |"));
        }
        return 0;
    }

    private static JsonNode Launch(int ranks, int batch, int steps, string exchange) => PeerProgram.Report(
        "mpirun", ["-n", $"{ranks}", "--bind-to", "core", Path.Combine(AppContext.BaseDirectory, "PECHead.Benchmarks"), "rank-step", Setting, $"{batch}", $"{steps}", exchange]);

    private static double Median(List<JsonNode> reports, string what, string which)
        => reports.Select(report => report["values"]![what]![which]!.GetValue<double>()).Order().ElementAt(reports.Count / 2);
}
