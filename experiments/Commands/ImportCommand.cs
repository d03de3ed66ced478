using System.CommandLine;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.Models.Baselines.FirstOrder;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead import</c>: published checkpoints of other models, read without running anything in them.</summary>
internal static class ImportCommand
{
    private const string Original = "original";
    private const string Later = "later";

    public static Command Create()
    {
        var command = new Command("import", "Check and convert published checkpoints of other models.") { FirstOrder() };
        foreach (string id in BaselineImport.Ids) command.Add(Baseline(id));
        return command;
    }

    private static Command Baseline(string id)
    {
        var file = new Argument<string>("file") { Description = "The published checkpoint, in either layout of PyTorch, or as safetensors; for a model that is published in several files, such as liveportrait, dagan and codebook, the folder with them." };
        var output = new Option<string?>("--out") { Description = "The safetensors file to make. Default: beside the published one." };
        var all = new Option<bool>("--all") { Description = "Keep the networks that only training needs." };
        var command = new Command(id, $"Check and convert {ModelCatalog.Entry(id).Title}. The converted file is a --model of 'pechead animate' and 'pechead evaluate'.")
        {
            file, output, all,
        };
        command.SetAction(parsed =>
        {
            string published = parsed.GetValue(file)!;
            var made = BaselineImport.Convert(id, published, parsed.GetValue(output) ?? Beside(published, id), parsed.GetValue(all));
            Console.WriteLine($"{made.Path}: {made.Title}, {made.ImageSize} px, {made.Parameters:N0} parameters in {string.Join(", ", made.Parts)}");
            if (made.LeftOut.Count > 0) Console.WriteLine($"not converted: {string.Join(", ", made.LeftOut)}");
            Console.WriteLine($"animate with it: pechead animate --model {made.Path} --source PICTURE --driving VIDEO");
            return 0;
        });
        return command;
    }

    private static string Beside(string file, string kind) => Directory.Exists(file)
        ? Path.TrimEndingDirectorySeparator(file) + ".safetensors"
        : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, $"{Path.GetFileName(file).Split('.')[0]}.{kind}.safetensors");

    private static Command FirstOrder()
    {
        var file = new Argument<string>("file") { Description = "vox-256.pth.tar or the like, in either layout of PyTorch, or as safetensors." };
        var output = new Option<string?>("--out") { Description = "The safetensors file to make. Default: beside the published one." };
        var convention = CommonOptions.OneOf(new Option<string>("--convention")
        {
            Description = $"{Original}: sample as the weights were trained. {Later}: as the published code does on PyTorch 1.4 and later. The converted file keeps it.",
            DefaultValueFactory = _ => Original,
        }, Original, Later);
        var command = new Command("fomm", "Check and convert First Order Motion Model. The converted file is a --model of 'pechead animate' and 'pechead evaluate'.")
        {
            file, output, convention,
        };
        command.SetAction(parsed => Import(parsed.GetValue(file)!, parsed.GetValue(output), parsed.GetValue(convention) == Original));
        return command;
    }

    private static int Import(string file, string? output, bool alignCorners)
    {
        if (!File.Exists(file)) throw new DataException("no such file", file, "Name the published checkpoint.");
        using var model = FirstOrderWeights.Load(file, alignCorners);
        var target = output ?? Beside(file, "first-order");
        FirstOrderWeights.Save(target, model);
        Console.WriteLine(
            $"{target}: First Order Motion Model, {model.Config.ImageSize} px, {model.Config.KeypointCount} keypoints, "
            + $"{model.parameters().Sum(parameter => parameter.numel()):N0} parameters");
        Console.WriteLine($"animate with it: pechead animate --model {target} --source PICTURE --driving VIDEO");
        return 0;
    }
}
