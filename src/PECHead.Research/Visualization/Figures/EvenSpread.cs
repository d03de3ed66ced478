namespace PECHead.Research.Visualization;

/// <summary>Chooses a few of many: lines of a grid, frames of a clip.</summary>
internal static class EvenSpread
{
    /// <summary>At most <paramref name="count"/> evenly spread indices below <paramref name="length"/>, both ends among them.</summary>
    public static IEnumerable<int> Of(int length, int count)
    {
        int chosen = Math.Clamp(count, 1, length);
        return Enumerable.Range(0, chosen).Select(i => chosen == 1 ? 0 : (int)Math.Round(i * (length - 1) / (chosen - 1.0)));
    }
}
