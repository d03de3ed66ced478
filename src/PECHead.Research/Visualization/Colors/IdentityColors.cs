namespace PECHead.Research.Visualization;

/// <summary>Colours that tell things apart: the same thing has the same colour in every picture.</summary>
/// <remarks>
/// <b>Choice:</b> up to seven things take the palette of Okabe and Ito (2008) without its black; more take evenly spaced
/// places of Tol's discrete rainbow (2021). Both were made for impaired colour vision; beyond about twelve things no
/// palette is safe, so figures also number their points.
/// </remarks>
public static class IdentityColors
{
    private static readonly uint[] OkabeIto = [0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0x56B4E9, 0xCC79A7, 0xF0E442];

    private static readonly uint[] Rainbow =
    [
        0xAE76A3, 0x994F88, 0x882E72, 0x1965B0, 0x437DBF, 0x5289C7, 0x6195CF, 0x7BAFDE, 0x4EB265, 0x90C987, 0xCAE0AB,
        0xF7F056, 0xF7CB45, 0xF6C141, 0xF4A736, 0xF1932D, 0xEE8026, 0xE8601C, 0xDC050C, 0xA5170E, 0x72190E, 0x42150A,
    ];

    /// <summary>The colour of thing <paramref name="index"/> of <paramref name="count"/>.</summary>
    /// <param name="index">0 to count − 1.</param>
    /// <param name="count">Number of things; above 22 colours repeat.</param>
    public static (byte R, byte G, byte B) Color(int index, int count)
    {
        uint rgb = count <= OkabeIto.Length ? OkabeIto[index]
            : count >= Rainbow.Length ? Rainbow[index % Rainbow.Length]
            : Rainbow[index * (Rainbow.Length - 1) / (count - 1)];
        return ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
    }
}
