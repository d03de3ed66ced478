using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace PECHead.Experiments.Terminal;

/// <summary>What a user sees of a command line that does not fit: what is wrong with it, not a page of help above that.</summary>
internal static class UsageErrors
{
    /// <summary>Leaves the help away, but where there is nothing to say except which commands there are.</summary>
    public static void Shorten(ParseResult parsed)
    {
        if (parsed.Action is ParseErrorAction error) error.ShowHelp = IsQuestion(parsed);
    }

    /// <summary>Says where the help is.</summary>
    public static void Point(ParseResult parsed)
    {
        if (parsed.Action is ParseErrorAction && !IsQuestion(parsed)) Console.Error.WriteLine($"See '{string.Join(' ', Names(parsed.CommandResult))} --help'.");
    }

    private static bool IsQuestion(ParseResult parsed) => parsed.UnmatchedTokens.Count == 0 && parsed.CommandResult.Command.Subcommands.Count > 0;

    private static IEnumerable<string> Names(CommandResult command)
        => command.Parent is CommandResult parent ? [.. Names(parent), command.Command.Name] : ["pechead"];
}
