using PECHead.Research.Data;

namespace PECHead.Research.Animation;

/// <summary>A photograph and the head in it.</summary>
/// <param name="Picture">The whole photograph.</param>
/// <param name="Square">The head, resized to the model's size.</param>
/// <param name="Place">Where the square was cut; it may leave the photograph.</param>
/// <param name="Faces">Faces in the photograph.</param>
public sealed record Portrait(RgbImage Picture, RgbImage Square, CropSquare Place, int Faces)
{
    /// <summary>The file that it was read from; null for a picture in memory.</summary>
    public string? File { get; init; }

    /// <summary>Which of the faces it is: 1 for the largest.</summary>
    public int Number { get; init; } = 1;

    /// <summary>Degrees clockwise that the photograph was turned by, to stand upright.</summary>
    public int Turn { get; init; }

    /// <summary>How opaque every pixel of the photograph is; null where all are, or where it was not read from a file.</summary>
    /// <exception cref="DataException">The file can no longer be read.</exception>
    public RgbImage? ReadAlpha() => File is null ? null : ImageFile.ReadAlpha(File)?.Turned(Turn);

    /// <summary>Puts squares back into the photograph.</summary>
    public FacePaste Paste() => new(Picture, Place);
}
