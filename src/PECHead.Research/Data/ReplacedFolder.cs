namespace PECHead.Research.Data;

/// <summary>Moves a finished folder to its place.</summary>
internal static class ReplacedFolder
{
    /// <summary>Renames <paramref name="aside"/> to <paramref name="target"/>, taking away what was there before.</summary>
    /// <remarks>
    /// A folder cannot be renamed onto a full one, so for a moment, when there was an old one, neither is in place: a
    /// reader then finds nothing, never a mixture.
    /// </remarks>
    public static void Swap(string aside, string target)
    {
        var old = $"{target}.{Guid.NewGuid():N}.old";
        var replaces = Directory.Exists(target);
        if (replaces)
            Directory.Move(target, old);
        Directory.Move(aside, target);
        if (replaces)
            Directory.Delete(old, recursive: true);
    }
}
