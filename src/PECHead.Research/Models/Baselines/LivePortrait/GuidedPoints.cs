using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>Keypoints that training leads to landmarks of eyes and lips.</summary>
/// <remarks>
/// <b>Paper:</b> LivePortrait, Sec. 3.2: landmarks guide some of the keypoints. <b>Choice:</b> which ones: those that the rules of <see cref="MotionRules"/> and the sliders
/// move as eyes and lips in the authors' weights, so that regions and sliders mean the same in weights that are trained here.
/// </remarks>
internal static class GuidedPoints
{
    // Lids, corners of the mouth, outer and inner lips; the middle of a lid lies between two landmarks of 68.
    private static readonly (long Point, long First, long Second)[] Table =
    [
        (11, 37, 38), (13, 40, 41), (15, 43, 44), (16, 46, 47),
        (14, 48, 48), (20, 54, 54), (6, 51, 51), (17, 57, 57), (12, 62, 62), (19, 66, 66),
    ];

    /// <summary>The guided keypoints of a motion.</summary>
    /// <param name="motion">Of N frames.</param>
    /// <returns>[N, P, 2].</returns>
    public static Keypoints Of(ImplicitMotion motion) => new(Chosen(motion.Keypoints!.Value.Positions, entry => entry.Point));

    /// <summary>Where they should be.</summary>
    /// <param name="landmarks">The 68 landmarks of the same frames.</param>
    /// <returns>[N, P, 2].</returns>
    public static Keypoints Wanted(Keypoints landmarks)
    {
        using var scope = NewDisposeScope();
        var between = Chosen(landmarks.Positions, entry => entry.First) + Chosen(landmarks.Positions, entry => entry.Second);
        return new((between / 2).MoveToOuterDisposeScope());
    }

    private static Tensor Chosen(Tensor points, Func<(long Point, long First, long Second), long> index)
        => points.index_select(1, tensor(Table.Select(index).ToArray(), device: points.device));
}
