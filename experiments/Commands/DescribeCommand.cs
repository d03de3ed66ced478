using System.CommandLine;
using PECHead.Research.Evaluation;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using Spectre.Console;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead data describe</c>: who is in a store, how they hold their heads and what they do with their faces.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        var store = new Argument<string>("store") { Description = "A frame store whose faces have been found." };
        var reconstructor = new Option<string>("--reconstructor") { Description = "The reconstructor whose faces to describe: mesh or bfm.", DefaultValueFactory = _ => MeshReconstructor.ConfigurationName };
        var output = new Option<string?>("--out") { Description = "The histograms: .png, .svg or .pdf. Default: faces.png in the store." };
        var command = new Command("describe", "Print and plot head poses, mouth opening, expressions, people and durations of a store.") { store, reconstructor, output };
        command.SetAction(parsed =>
        {
            using var faces = FaceStore.Open(parsed.GetValue(store)!, parsed.GetValue(reconstructor)!);
            return Describe(faces, parsed.GetValue(output) ?? Path.Combine(parsed.GetValue(store)!, "faces.png"));
        });
        return command;
    }

    private static int Describe(FaceStore faces, string output)
    {
        var statistics = FaceStatistics.Of(faces);
        Console.WriteLine(FormattableString.Invariant(
            $"faces in {statistics.Found} of {statistics.Frames} frames ({100.0 * statistics.Found / Math.Max(1, statistics.Frames):0.0} %)"));
        var people = new Table().Border(TableBorder.Rounded).AddColumns("person", "clips", "frames", "seconds", "with a face");
        foreach (var person in faces.Index.Clips.GroupBy(clip => clip.Identity))
        {
            var frames = person.Sum(clip => clip.Count);
            people.AddRow(
                Markup.Escape(person.Key), $"{person.Count()}", $"{frames}", FormattableString.Invariant($"{person.Sum(clip => clip.Count / clip.Rate):0.0}"),
                FormattableString.Invariant($"{100.0 * person.Sum(faces.Track.FoundIn) / Math.Max(1, frames):0.0} %"));
        }

        AnsiConsole.Write(people);
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "5 %", "median", "95 %", "least", "greatest");
        foreach (var quantity in statistics.Quantities.Where(quantity => quantity.Values.Count > 0))
        {
            float[] sorted = [.. quantity.Values.Order()];
            string At(double part) => FormattableString.Invariant($"{sorted[(int)Math.Round(part * (sorted.Length - 1))]:0.00}");
            table.AddRow(Markup.Escape(quantity.Title), At(0.05), At(0.5), At(0.95), At(0), At(1));
        }

        AnsiConsole.Write(table);
        statistics.Plot().Save(output);
        Console.WriteLine(output);
        return 0;
    }
}
