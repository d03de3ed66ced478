using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>Sorts "frame2" before "frame10".</summary>
internal static partial class NaturalName
{
    private const int PaddedDigits = 20;

    public static string Key(string name) =>
        Digits().Replace(name, run => run.Value.TrimStart('0').PadLeft(PaddedDigits, '0')) + "\0" + name;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
