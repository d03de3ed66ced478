using PECHead.Research.Data;
using PECHead.Research.Models;

namespace PECHead.Studio.Views;

/// <summary>The handle by which a head is turned.</summary>
internal static class Nose
{
    // The tip of the nose among the 68 landmarks of the iBUG scheme.
    private const int Tip = 30;

    /// <summary>Where the tip of the nose is to be, [x, y] in [-1, 1]; null where the model is not told of a face.</summary>
    public static float[]? Of(MotionState motion)
        => motion is FaceMotion { Face.Landmarks.Positions: var positions } ? FrameImage.Values(positions[0, Tip]) : null;
}
