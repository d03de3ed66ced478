using System.Globalization;

namespace PECHead.Research.Models;

/// <summary>Something of a motion that a number changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">The least value.</param>
/// <param name="Most">The greatest value.</param>
/// <param name="Meaning">What it does, for help texts.</param>
public sealed record MotionSlider(string Name, double Least, double Most, string Meaning)
{
    /// <summary>Which of several sliders has a name.</summary>
    /// <param name="sliders">The sliders.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value that it is to take.</param>
    /// <returns>Its place among them.</returns>
    /// <exception cref="ArgumentException">An unknown name, or a value outside of its range.</exception>
    public static int Find(IReadOnlyList<MotionSlider> sliders, string name, double value)
    {
        ArgumentNullException.ThrowIfNull(sliders);
        for (int i = 0; i < sliders.Count; i++)
        {
            if (sliders[i].Name != name) continue;
            return value >= sliders[i].Least && value <= sliders[i].Most
                ? i
                : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} must lie in [{sliders[i].Least}, {sliders[i].Most}], not {value}."), nameof(value));
        }
        throw new ArgumentException($"No slider '{name}'; there are: {(sliders.Count == 0 ? "none" : string.Join(", ", sliders.Select(slider => slider.Name)))}.", nameof(name));
    }
}
