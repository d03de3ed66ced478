namespace PECHead.Research.Augmentation;

/// <summary>Which share of the pairs of a batch becomes other people, and by which changes; 0 leaves a change out.</summary>
/// <remarks><b>Choice:</b> nothing is changed by default; docs/training.md says what each change bought and gives the shares of the recipe.</remarks>
public sealed record VirtualIdentityConfig
{
    /// <summary>Share of the pairs whose colours are turned: hue, saturation, light, tint. 0 to 1.</summary>
    public double Colour { get; init; }

    /// <summary>Share of the pairs that are moved in the frame: turned, scaled, shifted. 0 to 1.</summary>
    public double Place { get; init; }

    /// <summary>Share of the pairs that are made from still portraits of other people. 0 to 1; above 0 the trainer needs portraits.</summary>
    public double Stills { get; init; }

    /// <summary>Share of the pairs whose skull becomes another one. 0 to 1.</summary>
    public double Shape { get; init; }

    /// <summary>Share of the pairs whose expressions are stretched, and whose mouths may open further. 0 to 1.</summary>
    public double Expression { get; init; }

    /// <summary>Share of the pairs with another wall, other hair and clothes. 0 to 1.</summary>
    public double Surroundings { get; init; }

    /// <summary>Share of the pairs that another camera sees: local light, curves, blur, the blocks of JPEG. 0 to 1.</summary>
    public double Camera { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A share outside of 0 to 1.</exception>
    public void Validate()
    {
        foreach (var share in (ReadOnlySpan<double>)[Colour, Place, Stills, Shape, Expression, Surroundings, Camera])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(share);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        }
    }
}
