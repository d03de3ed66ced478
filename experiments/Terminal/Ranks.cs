using System.Runtime.InteropServices;
using PECHead.Research.Distribution;
using Spectre.Console;

namespace PECHead.Experiments.Terminal;

/// <summary>Runs a command in every process that a launcher started: the first speaks, and an error in one ends all.</summary>
internal static class Ranks
{
    /// <summary>What a job that stopped before its end exits with, so that its script can put it back into the queue (EX_TEMPFAIL).</summary>
    public const int TryAgain = 75;

    // Not in .NET's list: Slurm sends it where a script asks for a warning, and mpirun passes it on to its processes.
    private const int UserSignal = 10;

    private static readonly TimeSpan FirstSpeaks = TimeSpan.FromSeconds(1);

    /// <summary>Whether a scheduler or launcher waits for the exit code.</summary>
    /// <param name="world">The ranks.</param>
    public static bool AreScheduled(World world) => world.Size > 1 || Environment.GetEnvironmentVariable("SLURM_JOB_ID") is not null;

    /// <summary>Joins the ranks and runs the command.</summary>
    /// <param name="command">Receives the ranks and a token that the scheduler's warning cancels too.</param>
    /// <param name="cancellation">Ctrl-C and SIGTERM.</param>
    public static int Run(Func<World, CancellationToken, int> command, CancellationToken cancellation)
    {
        using var world = World.Join();
        if (!world.IsFirst)
        {
            Console.SetOut(TextWriter.Null);
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(TextWriter.Null),
            });
        }
        using var warned = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var warning = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)UserSignal, signal =>
        {
            signal.Cancel = true;
            warned.Cancel();
        });
        try
        {
            return command(world, warned.Token);
        }
        catch (OperationCanceledException) when (AreScheduled(world))
        {
            ErrorReport.Print($"rank {world.Rank} of {world.Size}: stopped");
            world.Abort(TryAgain);
            return TryAgain;
        }
        catch (Exception error) when (world.Size > 1)
        {
            // Where all have one error the first says it for all, and ends them meanwhile.
            if (!world.IsFirst) Thread.Sleep(FirstSpeaks);
            // The others wait for this rank in some sum: they would wait for ever.
            ErrorReport.Print($"rank {world.Rank} of {world.Size}: {ErrorReport.Describe(error)}");
            world.Abort(ErrorReport.Failure);
            throw;
        }
    }
}
