using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A picture for a figure, from a frame or from an image: both are taken where a figure wants one.</summary>
/// <param name="Image">8-bit RGB.</param>
public readonly record struct Picture(RgbImage Image)
{
    /// <summary>Rounds a frame to 8 bits.</summary>
    /// <param name="frame">[3, H, W], RGB in [0, 1]; values outside are clipped.</param>
    public static implicit operator Picture(Tensor frame) => FromTensor(frame);

    /// <summary>Takes an image as it is.</summary>
    /// <param name="image">8-bit RGB.</param>
    public static implicit operator Picture(RgbImage image) => FromRgbImage(image);

    /// <summary>Rounds a frame to 8 bits.</summary>
    /// <param name="frame">[3, H, W], RGB in [0, 1]; values outside are clipped.</param>
    public static Picture FromTensor(Tensor frame) => new(FrameImage.FromTensor(frame));

    /// <summary>Takes an image as it is.</summary>
    /// <param name="image">8-bit RGB.</param>
    public static Picture FromRgbImage(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new Picture(image);
    }
}
