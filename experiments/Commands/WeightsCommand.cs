using System.CommandLine;
using PECHead.Research.Checkpoints;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Metrics.Networks;
using PECHead.Research.Runs;
using Spectre.Console;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead weights</c>: the published weights that are present, and weights of a run made ready to publish.</summary>
internal static class WeightsCommand
{
    public static Command Create() => new("weights", "List the published weights of other projects, and export those of a run.") { List(), Export() };

    private static Command Export()
    {
        var run = new Option<string>("--run") { Description = "Folder of a finished run.", Required = true };
        var output = new Option<string>("--out") { Description = "Folder to write: it is taken as a run by everything that does not train.", Required = true };
        var provenance = new Option<string[]>("--provenance") { Description = "name=text, kept in the file, as the command and the commit of the run." };
        var command = new Command("export", "Write the weights of a run in half precision, with their origin and without what only training needs.") { run, output, provenance };
        command.SetAction(parsed =>
        {
            var target = new RunFolder(parsed.GetValue(output)!);
            PublishedRun.Write(new RunFolder(parsed.GetValue(run)!), target, (parsed.GetValue(provenance) ?? []).Select(Pair).ToDictionary());
            Console.WriteLine($"{target.Checkpoint}: {new FileInfo(target.Checkpoint).Length / 1e6:0.0} MB");
            foreach (var (name, text) in PublishedRun.ReadProvenance(target.Checkpoint)) Console.WriteLine($"  {name}: {text}");
            return 0;
        });
        return command;
    }

    private static KeyValuePair<string, string> Pair(string text) => text.Split('=', 2) is [{ Length: > 0 } name, var value]
        ? new(name, value)
        : throw new ArgumentException($"'{text}' is no provenance: write name=text.");

    private static Command List()
    {
        var weights = CommonOptions.Weights();
        var command = new Command("list", "List published weights: which are present and verified, what they enable, and where to get the rest.") { weights };
        command.SetAction(parsed => List(CommonOptions.ParseWeights(parsed.GetValue(weights))));
        return command;
    }

    private static int List(WeightFolder folder)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("weights", "enables", "present");
        var missing = new List<PublishedWeights>();
        foreach (var weights in (PublishedWeights[])[.. StandardWeights.All, Vgg19Features.Published, Raft.Published])
        {
            var present = folder.Find(weights);
            if (present is null or { Identity: WeightIdentity.Different })
                missing.Add(weights);
            table.AddRow(Markup.Escape(weights.Title), Markup.Escape(weights.Enables), Markup.Escape(Describe(present)));
        }
        AnsiConsole.Write(table);
        Console.WriteLine(folder.Path is { } path ? $"folder: {path}" : $"{WeightFolder.Variable} names no folder and --weights none: nothing can be present.");
        if (missing.Count == 0) return 0;
        Console.WriteLine("To get the rest, put these files into the folder or a subfolder of it:");
        foreach (var weights in missing)
        {
            Console.WriteLine(FormattableString.Invariant($"  {string.Join(" or ", weights.Files.Select(file => file.Name))}, {weights.Megabytes:0.###} MB, for {weights.Enables}"));
            Console.WriteLine($"    from {weights.Source}");
        }
        Console.WriteLine("A file that you converted to safetensors yourself is found as <id>.safetensors: " + string.Join(", ", missing.Select(weights => weights.Id)) + ".");
        return 0;
    }

    private static string Describe(PresentWeights? present) => present switch
    {
        null => "no",
        { Identity: WeightIdentity.Verified } => $"{Size(present)}, SHA-256 verified",
        { Identity: WeightIdentity.Unpublished } => $"{Size(present)}, no public hash",
        _ => $"{Size(present)}, but its SHA-256 is another",
    };

    private static string Size(PresentWeights present) => $"{Path.GetFileName(present.Path)}, {present.Bytes / 1e6:0.0} MB";
}
