using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>A model that draws a picture of every frame before it finds a motion: what its motion network sees of a face can be looked at.</summary>
public interface IPicturedMotion
{
    /// <summary>What the picture shows, in a word.</summary>
    string PictureTitle { get; }

    /// <summary>Draws the picture.</summary>
    /// <param name="frame">Frames of the model's size [N, 3, S, S], RGB in [0, 1], with their faces where the model is told of them.</param>
    /// <returns>[N, 1 or 3, h, w] in [0, 1].</returns>
    Tensor Picture(FaceFrame frame);
}
