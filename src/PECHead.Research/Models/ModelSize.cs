namespace PECHead.Research.Models;

/// <summary>A frame size with the widths that suit it.</summary>
/// <param name="Name">Name used in configurations: <c>tiny</c>, <c>small</c> or <c>paper</c>.</param>
/// <param name="ImageSize">Side of the square frames in pixels.</param>
/// <param name="WidthMultiplier">Factor of every channel count.</param>
/// <param name="MaxChannels">Most channels in the hourglasses.</param>
/// <param name="HourglassDepth">Halvings of the hourglasses, from a quarter of the side down to 2 px.</param>
/// <remarks>
/// <b>Paper:</b> 256 px. <b>Choice:</b> the two smaller sizes, so that a model trains in minutes on a CPU.
/// </remarks>
public sealed record ModelSize(string Name, int ImageSize, double WidthMultiplier, int MaxChannels, int HourglassDepth)
{
    /// <summary>64 px, a quarter of the width: for tests and first looks.</summary>
    public static ModelSize Tiny { get; } = new("tiny", 64, 0.25, 256, 3);

    /// <summary>128 px, a quarter of the width: trains in minutes on two cores.</summary>
    public static ModelSize Small { get; } = new("small", 128, 0.25, 128, 4);

    /// <summary>256 px, full width.</summary>
    public static ModelSize Paper { get; } = new("paper", 256, 1, 1024, 5);

    /// <summary>All sizes, smallest first.</summary>
    public static IReadOnlyList<ModelSize> All { get; } = [Tiny, Small, Paper];

    /// <summary>A channel count of the full width, at this width.</summary>
    /// <param name="channels">At the full width.</param>
    /// <returns>At least 1.</returns>
    public int Scaled(int channels) => Math.Max(1, (int)Math.Round(channels * WidthMultiplier));

    /// <summary>Finds a size by its name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No size has this name.</exception>
    public static ModelSize Named(string name) =>
        All.FirstOrDefault(size => size.Name == name)
        ?? throw new ArgumentException($"No size '{name}': use {string.Join(", ", All.Select(s => s.Name))}.", nameof(name));
}
