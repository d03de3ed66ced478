using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>Lets still portraits move as recorded frames do.</summary>
/// <remarks>
/// <b>Choice:</b> the expression is the frame's; of the head's turn and of its way in the frame the still takes 0.6, and no more than
/// 0.2 radians and 0.15 half frames, because a warp of the picture shows no new side of a head.
/// </remarks>
internal static class StillMotion
{
    private const double Share = 0.6;
    private const double MostTurn = 0.2;
    private const double MostShift = 0.15;

    /// <summary>The coefficients of the stills in motion.</summary>
    /// <param name="stills">Of N stills.</param>
    /// <param name="frames">Of M moments of N clips, M·N rows.</param>
    /// <returns>M·N rows.</returns>
    public static FaceCoefficients Follow(FaceCoefficients stills, FaceCoefficients frames)
    {
        long moments = frames.Count / stills.Count;
        Tensor Again(Tensor part) => part.repeat(moments, 1);
        var way = frames.Crop - Again(frames.Crop.view(moments, stills.Count, 3).mean([0L]));
        return frames with
        {
            Identity = Again(stills.Identity),
            Angles = Again(stills.Angles) + (Share * frames.Angles).clamp(-MostTurn, MostTurn),
            Translation = Again(stills.Translation),
            Crop = Again(stills.Crop) + (Share * way).clamp(-MostShift, MostShift),
            Score = stills.Score.repeat(moments),
        };
    }
}
