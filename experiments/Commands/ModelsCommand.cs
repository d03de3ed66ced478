using System.CommandLine;
using PECHead.Research.Catalog;
using Spectre.Console;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead models</c>: the catalogue.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "One model, with all that is known of it.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("models", "List the models: what they take from a driving frame, and whether their weights are here.") { id };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(id) is { } one) Describe(ModelCatalog.Entry(one));
            else List();
            return 0;
        });
        return command;
    }

    private static void List()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("id", "title", "driven by", "--mode", "weights here");
        foreach (var entry in ModelCatalog.All)
        {
            table.AddRow([.. new[] { entry.Id, entry.Title, entry.Driver.Split(':')[0], Modes(entry), Here(entry) }.Select(Markup.Escape)]);
        }
        AnsiConsole.Write(table);
        Console.WriteLine("'pechead models ID' says more: paper, licences, conventions.");
    }

    private static void Describe(ModelEntry entry)
    {
        foreach (var (name, text) in new[]
        {
            ("id", entry.Id), ("title", entry.Title), ("paper", entry.Paper), ("driven by", entry.Driver), ("--mode", Modes(entry)),
            ("sizes, px", string.Join(", ", entry.ImageSizes)), ("conventions", entry.Conventions), ("names of tensors", entry.Keys),
            ("licence of the code", entry.Code), ("weights", entry.Weights), ("weights here", Here(entry)),
            ("not trained", entry.Untrained.Count == 0 ? "no part" : $"{string.Join(", ", entry.Untrained)}: nothing uses it"),
        })
        {
            Console.WriteLine($"{name + ":",-21}{text}");
        }
    }

    private static string Modes(ModelEntry entry) => string.Join(", ", entry.Modes.Select(MotionModes.Name));

    private static string Here(ModelEntry entry)
    {
        var folder = ModelCatalog.Reference(entry.Id);
        return folder.HasCheckpoint ? folder.Path : "no";
    }
}
