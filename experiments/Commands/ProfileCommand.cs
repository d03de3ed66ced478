using System.CommandLine;
using PECHead.Experiments.Profiling;
using PECHead.Research.Acceleration;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Propagation;
using PECHead.Research.Recipes;
using PECHead.Research.Runtime;
using Spectre.Console;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead profile</c>: where the time of a frame goes.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        var model = new Option<string?>("--model") { Description = "A setting of PECHead, or another model of 'pechead models' at its published size, by its id and with random weights; or a file of weights. Default: the model of the experiment, or full." };
        var experiment = new Option<string?>("--config") { Description = "Experiment in YAML whose architecture and training are taken, at the size given here. Default: the built-in values." };
        var sizeOption = Numbers.Whole("--size", $"Side of the frames of a setting of PECHead, or of an experiment: {string.Join(", ", ModelSize.All.Select(one => one.ImageSize))}.", 128);
        var frames = Numbers.Whole("--frames", "How many frames to measure. The time of a module is the lower quartile over them.", 20);
        var threads = Numbers.Whole("--threads", "1 counts processor time, which other programs do not lengthen; more count the clock's.", 1);
        var depth = Numbers.Whole("--depth", "How many parts of a module's name make a row.", 2);
        var precision = CommonOptions.Precision(Precision.Mixed);
        var train = new Option<bool>("--train") { Description = "Profile training steps: their modules in the forward pass, and all that follows as one row." };
        var batch = Numbers.Whole("--batch", "Frames of a training step.", 8);
        var trace = new Option<string>("--trace") { Description = "The file to make: the last frame or step for chrome://tracing or Perfetto.", DefaultValueFactory = _ => Path.Combine("runs", "profile.json") };
        var command = new Command("profile", "Print, module by module, the arithmetic, traffic and time of a frame or of a training step, beside what this machine can do.")
        {
            model, experiment, sizeOption, frames, threads, depth, precision, train, batch, trace,
        };
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetValue(precision);
            var (id, file, size) = (parsed.GetValue(model), parsed.GetValue(experiment), parsed.GetValue(sizeOption));
            var (count, busy) = (parsed.GetValue(frames), new BusyClock(parsed.GetValue(threads)));
            set_num_threads(parsed.GetValue(threads));
            using var reconstructor = new MeshReconstructor(FaceModelFile.Load(FaceModelFile.EmbeddedPath));
            ExperimentConfig Config() => Experiment(id, file, size) with { ExpressionSize = reconstructor.ExpressionSize };
            List<IReadOnlyList<ModuleCall>> calls;
            if (parsed.GetValue(train))
            {
                var config = Config();
                calls = ProfiledStep.Run(config with { Training = config.Training with { BatchSize = parsed.GetValue(batch), Precision = chosen } }, reconstructor, count, busy);
            }
            else
            {
                using var network = File.Exists(id) ? ModelCatalog.Load(id).Model
                    : file is null && id is not null && AblationSettings.All.All(setting => setting.Id != id) ? ModelCatalog.Untrained(ModelCatalog.Entry(id).Id)
                    : Config().CreateModel();
                calls = Run(network, reconstructor, count, busy, chosen);
            }
            var rates = MachineRates.Measure(chosen, busy);
            Print(ModuleAccount.Of(calls, rates, parsed.GetValue(depth)), parsed.GetValue(train) ? "step" : "frame", rates);
            ReplacedFile.WriteText(parsed.GetValue(trace)!, ModuleAccount.Trace(calls[^1]));
            Console.WriteLine(parsed.GetValue(trace)!);
            return 0;
        });
        return command;
    }

    private static ExperimentConfig Experiment(string? id, string? file, int size)
    {
        var side = ModelSize.All.FirstOrDefault(one => one.ImageSize == size)
            ?? throw new ArgumentException($"There are models for frames of {string.Join(", ", ModelSize.All.Select(one => one.ImageSize))} px, not of {size}.");
        var config = (file is null ? new ExperimentConfig() : ExperimentConfigFile.Read(file)) with { Size = side.Name };
        return id is null ? config
            : BaselineRecipes.All.FirstOrDefault(recipe => recipe.Id == id) is { } baseline ? baseline.Apply(config)
            : config with { Model = null, Setting = AblationSettings.Named(id) };
    }

    // The calls of each frame, behind as many that warm up.
    private static List<IReadOnlyList<ModuleCall>> Run(TalkingHeadModel model, MeshReconstructor reconstructor, int count, BusyClock busy, Precision precision)
    {
        Accelerator.ChannelsLast(model);
        Accelerator.ForInference(model, precision);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(CPU, precision);
        var image = Accelerator.ChannelsLast(rand(1, 3, model.ImageSize, model.ImageSize));
        var neutral = reconstructor.Neutral(1, CPU);
        FaceFrame Frame() => new(image, model.NeedsFaces ? FaceObservation.State(reconstructor, neutral with { Angles = neutral.Angles + (0.1 * randn_like(neutral.Angles)) }) : null);
        var source = model.EncodeSource(Frame());
        var clock = new ModuleClock(model, busy);
        PropagationState? context = null;
        var frames = new List<IReadOnlyList<ModuleCall>>();
        for (int i = 0; i < 2 * count; i++)
        {
            using var inner = NewDisposeScope();
            clock.Calls.Clear();
            var driving = Frame();
            var motion = clock.Span("observe", () => model.ObserveMotion(source, driving));
            var generated = clock.Span("generate", () => model.Generate(source, motion, context));
            context?.Free();
            context = generated.Context?.DetachFromDisposeScope();
            if (i >= count) frames.Add([.. clock.Calls]);
        }
        context?.Free();
        return frames;
    }

    private static void Print(IReadOnlyList<ModuleAccount> rows, string whole, MachineRates rates)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 120;
        var table = new Table().Border(TableBorder.Rounded).AddColumn("module");
        foreach (var name in new[] { "GMAC", "MB", "ms", "GMAC/s", "floor, ms", "share of floor" }) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in rows.Append(ModuleAccount.Sum(whole, rows)))
        {
            table.AddRow([Markup.Escape(row.Name), .. new[]
            {
                row.Products / 1e9, row.Bytes / 1e6, row.Seconds * 1e3, row.Products / 1e9 / row.Seconds, row.Floor * 1e3, row.Floor / row.Seconds,
            }.Select(value => value.ToString(Math.Abs(value) < 10 ? "0.000" : "0.0"))]);
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"this machine now: {rates.Products / 1e9:0} GMAC/s in convolutions, {rates.Bytes / 1e9:0.0} GB/s");
    }
}
