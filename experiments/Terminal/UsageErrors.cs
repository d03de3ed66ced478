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

    /// <summary>
    /// Lets no option or argument of a command, and of those below it, be an empty text, which is a variable of a script that is not set, or the name of an
    /// option that does not exist, which an option of several values would otherwise take for one.
    /// </summary>
    public static void RefuseMisread(Command command)
    {
        foreach (var option in command.Options) option.Validators.Add(result => Refuse(result, option.Name));
        foreach (var argument in command.Arguments) argument.Validators.Add(result => Refuse(result, argument.Name));
        foreach (var inner in command.Subcommands) RefuseMisread(inner);

        static void Refuse(SymbolResult result, string name)
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) result.AddError($"{name} is empty.");
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } other) result.AddError($"There is no option {other.Value}.");
        }
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
