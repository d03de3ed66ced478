using System.Runtime.InteropServices;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Training;
using Spectre.Console;

namespace PECHead.Experiments.Terminal;

/// <summary>Turns the errors a user can act on into one line; anything else is a bug and keeps its stack trace.</summary>
internal static class ErrorReport
{
    /// <summary>Exit code of an error.</summary>
    public const int Failure = 1;

    private const int Interrupted = 130;

    public static async Task<int> Guard(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            Print("stopped");
            return Interrupted;
        }
        catch (Exception error)
        {
            Print(Describe(error));
            return Failure;
        }
    }

    /// <summary>What to tell the user of an error.</summary>
    public static string Describe(Exception error) => error is DataException or CheckpointFormatException or TrainingDivergedException
        or LauncherException or ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or ExternalException
        ? PlainMessage.Of(error)
        : $"This is a bug: please report it with the lines below.{Environment.NewLine}{error}";

    /// <summary>Writes an error line.</summary>
    public static void Print(string message)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            Out = new AnsiConsoleOutput(Console.Error),
        });
        console.Profile.Width = int.MaxValue;
        console.Write(new Text("error: ", new Style(Color.Red)));
        console.WriteLine(message);
    }
}
