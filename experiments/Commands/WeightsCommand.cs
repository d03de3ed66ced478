using System.CommandLine;
using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics.Networks;
using Spectre.Console;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead weights</c>: the published weights that are present, and what they make possible.</summary>
internal static class WeightsCommand
{
    public static Command Create() => new("weights", "Published weights that the literature's metrics need.") { List() };

    private static Command List()
    {
        var folder = new Option<string?>("--folder") { Description = $"Folder of weights. Default: what {WeightFolder.Variable} names." };
        var command = new Command("list", "What is present and verified, what it enables, and where to get the rest.") { folder };
        command.SetAction(parsed => List(parsed.GetValue(folder) is { } path ? new WeightFolder(path) : WeightFolder.FromEnvironment()));
        return command;
    }

    private static int List(WeightFolder folder)
    {
        if (folder.Path is { } path && !Directory.Exists(path))
            throw new DirectoryNotFoundException($"{path}: no such folder. Name an existing one in {WeightFolder.Variable} or with --folder.");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("weights", "enables", "present");
        var missing = new List<PublishedWeights>();
        foreach (var weights in StandardWeights.All)
        {
            var present = folder.Find(weights);
            if (present is null or { Identity: WeightIdentity.Different })
                missing.Add(weights);
            table.AddRow(Markup.Escape(weights.Title), Markup.Escape(weights.Enables), Markup.Escape(Describe(present)));
        }
        AnsiConsole.Write(table);
        Console.WriteLine(folder.Path is null ? $"{WeightFolder.Variable} names no folder: nothing can be present." : $"folder: {folder.Path}");
        foreach (var weights in missing)
            Console.WriteLine($"{weights.Files[0].Name}: {weights.Source}");
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
