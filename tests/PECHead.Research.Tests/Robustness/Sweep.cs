using PECHead.Research.Checkpoints;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>What the child process does: makes each spoilt call and says what came of it, a line before and a line after.</summary>
internal static class Sweep
{
    public const string Argument = "sweep";
    public const string End = "END";

    /// <summary>Runs the cases from a number on.</summary>
    public static void Run(int from)
    {
        int number = 0;
        foreach (var entry in Entries.All)
        {
            var plain = new Probe(-1, null);
            if (Valid(entry, plain) is { } refused)
            {
                Say($"bad {entry.Name}: a valid call is refused: {refused}");
                continue;
            }
            for (int place = 0; place < plain.Names.Count; place++)
            {
                foreach (var mutation in Mutation.For(plain.Shapes[place]))
                {
                    if (number++ < from || (number % entry.Every != 0 && !mutation.MustWork)) continue;
                    string what = $"{entry.Name} with {plain.Names[place]} [{string.Join(", ", plain.Shapes[place])}]: {mutation.Name}";
                    Say($"try {number} {what}");
                    string? problem = Judge(entry, place, mutation);
                    Say(problem is null ? "ok" : $"bad {what}: {problem}");
                }
            }
        }
        Say(End);
    }

    private static string? Valid(Entry entry, Probe probe)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        try
        {
            Results.Read(entry.Call(probe));
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{error.GetType().Name} {error.Message} {error.StackTrace?.Split('\n')[0]}";
        }
    }

    private static string? Judge(Entry entry, int place, Mutation mutation)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var probe = new Probe(place, mutation);
        try
        {
            var result = entry.Call(probe);
            if (mutation.Differentiates) Results.Differentiate(result);
            Results.Read(result);
            return null;
        }
        catch (Exception error)
        {
            string told = $"{error.GetType().Name}: {error.Message.Split('\n')[0]}";
            return mutation.MustWork ? $"refused: {told}" : IsProper(error) ? null : told + " " + error.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("PECHead.Research.", StringComparison.Ordinal) && !line.Contains("Tests", StringComparison.Ordinal))?.Trim();
        }
    }

    /// <summary>An error of the library: it names the argument and says what it was given.</summary>
    private static bool IsProper(Exception error) => error switch
    {
        ArgumentNullException { ParamName: not null } => true,
        ObjectDisposedException disposed => disposed.ObjectName.Length > 0 && !disposed.ObjectName.Contains("Tensor", StringComparison.Ordinal),
        ArgumentException argument => !string.IsNullOrEmpty(argument.ParamName) && Shows(argument.Message),
        NotFiniteNumberException => true,
        CheckpointFormatException or TrainingDivergedException => true,
        _ => false,
    };

    private static bool Shows(string message)
        => message.Any(char.IsAsciiDigit) || message.Contains("Expected", StringComparison.Ordinal) || message.Contains("NaN", StringComparison.Ordinal) || message.Contains("finite", StringComparison.Ordinal);

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
