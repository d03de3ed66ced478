using System.Text.RegularExpressions;

namespace PECHead.Research.Models.Baselines;

/// <summary>Names that tensors have in published files, under ours. Where a module is named as published, nothing changes.</summary>
internal static partial class PublishedNames
{
    /// <summary>Our name of a published tensor.</summary>
    /// <param name="name">Its name inside its part of the file.</param>
    public static string Translate(string name) => Residual().Replace(Hourglass().Replace(name, "$1."), "bottleneck.$1.");

    [GeneratedRegex(@"(?<=^|\.)((?:en|de)coder)\.(?:down|up)_blocks\.")]
    private static partial Regex Hourglass();

    [GeneratedRegex(@"^bottleneck\.r(\d+)\.")]
    private static partial Regex Residual();
}
