using System.CommandLine;
using PECHead.Experiments.Profiling;
using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
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
        var model = new Option<string>("--model") { Description = "A setting of PECHead or a baseline that can be trained, by its id.", DefaultValueFactory = _ => AblationSettings.Full.Id };
        var experiment = new Option<string?>("--config") { Description = "Experiment in YAML whose architecture is taken (composition, motion_head), with the setting and size given here. Default: the built-in values." };
        var size = Numbers.Whole("--size", $"Side of the frames: {string.Join(", ", ModelSize.All.Select(one => one.ImageSize))}.", 128);
        var frames = Numbers.Whole("--frames", "How many frames to measure. The time of a module is the lower quartile over them.", 20);
        var threads = Numbers.Whole("--threads", "1 counts processor time, which other programs do not lengthen; more count the clock's.", 1);
        var depth = Numbers.Whole("--depth", "How many parts of a module's name make a row.", 2);
        var precision = CommonOptions.Precision(Precision.Mixed);
        var trace = new Option<string>("--trace") { Description = "The file to make: the last frame for chrome://tracing or Perfetto.", DefaultValueFactory = _ => Path.Combine("runs", "profile.json") };
        var command = new Command("profile", "Print, module by module, the arithmetic, traffic and time of a frame, beside what this machine can do.")
        {
            model, experiment, size, frames, threads, depth, precision, trace,
        };
        command.SetAction(parsed => Profile(
            parsed.GetValue(model)!, parsed.GetValue(experiment), parsed.GetValue(size), parsed.GetValue(frames), parsed.GetValue(threads), parsed.GetValue(depth), parsed.GetValue(precision), parsed.GetValue(trace)!));
        return command;
    }

    private static int Profile(string setting, string? experiment, int size, int count, int threads, int depth, Precision precision, string trace)
    {
        var side = ModelSize.All.FirstOrDefault(one => one.ImageSize == size)
            ?? throw new ArgumentException($"There are models for frames of {string.Join(", ", ModelSize.All.Select(one => one.ImageSize))} px, not of {size}.");
        set_num_threads(threads);
        using var reconstructor = FaceReconstructors.Create(MeshReconstructor.ConfigurationName);
        var config = Experiment(setting, experiment, side) with { ExpressionSize = reconstructor.ExpressionSize };
        using var model = config.CreateModel();
        Accelerator.ChannelsLast(model);
        Accelerator.ForInference(model, precision);
        var calls = Run(model, config.Architecture(), count, threads, precision);
        var rates = MachineRates.Measure(precision);
        Print(ModuleAccount.Of(calls, rates, depth), rates);
        ReplacedFile.WriteText(trace, ModuleAccount.Trace(calls[^1]));
        Console.WriteLine(trace);
        return 0;
    }

    private static ExperimentConfig Experiment(string id, string? file, ModelSize size)
    {
        var config = (file is null ? new ExperimentConfig() : ExperimentConfigFile.Read(file)) with { Size = size.Name };
        return BaselineRecipes.All.FirstOrDefault(recipe => recipe.Id == id) is { } baseline ? baseline.Apply(config) : config with { Model = null, Setting = AblationSettings.Named(id) };
    }

    // The calls of each frame, behind as many that warm up.
    private static List<IReadOnlyList<ModuleCall>> Run(TalkingHeadModel model, PecHeadConfig config, int count, int threads, Precision precision)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(CPU, precision);
        var still = 0.8 * ((2 * rand(1, config.LandmarkCount, 2)) - 1);
        var image = Accelerator.ChannelsLast(rand(1, 3, config.ImageSize, config.ImageSize));
        FaceFrame Frame() => new(image, new FaceState(
            new Keypoints(still + (0.02 * randn_like(still))), 0.1 * randn(1, config.PoseSize), randn(1, config.ExpressionSize)));
        var source = model.EncodeSource(Frame());
        var clock = new ModuleClock(model, threads);
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

    private static void Print(IReadOnlyList<ModuleAccount> rows, MachineRates rates)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 120;
        var table = new Table().Border(TableBorder.Rounded).AddColumn("module");
        foreach (var name in new[] { "GMAC", "MB", "ms", "GMAC/s", "floor, ms", "share of floor" }) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in rows.Append(ModuleAccount.Sum("frame", rows)))
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
