using System.CommandLine;
using PECHead.Experiments.Commands;
using PECHead.Experiments.Terminal;
using PECHead.Research.Acceleration;
using Spectre.Console;

// Colours and moving bars are for terminals; a log gets plain lines.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
}

NativeHeap.KeepFreed();
var root = new RootCommand("Controllable talking heads in C#: prepare data, train, evaluate, animate, edit; C# notebooks.")
{
    DataCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    ProtocolCommand.Create(),
    AblateCommand.Create(),
    AnimateCommand.Create(),
    MotionCommand.Create(),
    InspectCommand.Create(),
    ProfileCommand.Create(),
    EditCommand.Create(),
    FitFaceModelCommand.Create(),
    WeightsCommand.Create(),
    ModelsCommand.Create(),
    ScalingCommand.Create(),
    ImportCommand.Create(),
    StudioCommand.Create(),
    NotebookCommand.Create(),
    KernelCommand.Create(),
};

UsageErrors.RefuseMisread(root);

// Ctrl-C cancels the command's token; a training step and its checkpoint may take a while to end cleanly.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
return await ErrorReport.Guard(async () =>
{
    // Numbers are read, and refused, while the line is parsed.
    var parsed = root.Parse(args);
    UsageErrors.Shorten(parsed);
    var code = await parsed.InvokeAsync(invocation);
    UsageErrors.Point(parsed);
    return code;
});
