using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>Messages of the framework in the words of those who wrote the value: without names and values for programmers.</summary>
public static partial class PlainMessage
{
    /// <summary>The message of an error.</summary>
    /// <param name="failure">Any error.</param>
    /// <returns>"learning_rate must be above 0, not -1" where the framework names a member and repeats its value.</returns>
    public static string Of(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure is not ArgumentException argument) return failure.Message;
        var message = Addition().Replace(argument.Message, "").TrimEnd();
        var range = Range().Match(message);
        return range.Success ? $"{Key(range.Groups["name"].Value)} must be {Plain(range.Groups["what"].Value.TrimEnd('.'))}, not {range.Groups["value"].Value}." : message;
    }

    /// <summary>The key of a configuration that an error is about, null where it names none.</summary>
    /// <param name="failure">An error of a member's range.</param>
    internal static string? KeyOf(ArgumentException failure) => failure.ParamName is { Length: > 0 } name ? Key(name) : null;

    private static string Plain(string range) => Quoted().Replace(range, "${bound}")
        .Replace("a non-negative and non-zero value", "above 0", StringComparison.Ordinal)
        .Replace("a non-negative value", "0 or more", StringComparison.Ordinal)
        .Replace("greater than or equal to", "at least", StringComparison.Ordinal)
        .Replace("less than or equal to", "at most", StringComparison.Ordinal)
        .Replace("greater than", "above", StringComparison.Ordinal)
        .Replace("less than", "below", StringComparison.Ordinal);

    private static string Key(string name) => Hump().Replace(name.Split('.')[^1], "_").ToLowerInvariant();

    [GeneratedRegex(@" \(Parameter '[^']*'\)|\r?\nActual value was .*", RegexOptions.Singleline)]
    private static partial Regex Addition();

    [GeneratedRegex(@"^(?<name>[\w.]+) \('(?<value>[^']*)'\) must be (?<what>.*)$", RegexOptions.Singleline)]
    private static partial Regex Range();

    [GeneratedRegex("'(?<bound>[^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Hump();
}
