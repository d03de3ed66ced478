namespace PECHead.Kernel.Completion;

/// <summary>Front ends count characters, strings here count UTF-16 units: an emoji is one and two.</summary>
internal static class CursorPosition
{
    /// <summary>Offset in UTF-16 units of a number of characters.</summary>
    public static int ToUnits(string code, int characters)
    {
        var units = 0;
        for (var i = 0; i < characters && units < code.Length; i++) units += char.IsSurrogatePair(code, units) ? 2 : 1;
        return units;
    }

    /// <summary>Number of characters before an offset in UTF-16 units.</summary>
    public static int ToCharacters(string code, int units) => Math.Clamp(units, 0, code.Length) - Pairs(code, units);

    private static int Pairs(string code, int units)
    {
        var pairs = 0;
        for (var i = 0; i + 1 < Math.Min(units, code.Length); i++) pairs += char.IsSurrogatePair(code, i) ? 1 : 0;
        return pairs;
    }
}
