using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>A part of a face that losses look at more closely, by its landmarks.</summary>
/// <param name="Name">How terms are called.</param>
/// <param name="First">Its first landmark of 68.</param>
/// <param name="Count">How many it has.</param>
/// <param name="Margin">Side of the square around it, in longer sides of the box of its landmarks.</param>
internal sealed record FaceRegion(string Name, int First, int Count, double Margin)
{
    /// <summary>From the brows to the chin.</summary>
    public static FaceRegion Face { get; } = new("face", 0, 68, 1.2);

    /// <summary>Both eyes.</summary>
    public static FaceRegion Eyes { get; } = new("eyes", 36, 12, 1.3);

    /// <summary>The mouth.</summary>
    public static FaceRegion Lips { get; } = new("lips", 48, 20, 1.4);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FaceRegion> All { get; } = [Face, Eyes, Lips];

    /// <summary>Cuts the square around the part out of every frame; differentiable in the frames.</summary>
    /// <param name="frames">[N, C, H, W].</param>
    /// <param name="landmarks">The 68 landmarks of their faces.</param>
    /// <param name="side">Pixels of the result.</param>
    /// <returns>[N, C, side, side]; beyond the border of a frame its pixels repeat.</returns>
    public Tensor Cut(Tensor frames, Keypoints landmarks, long side)
    {
        using var scope = NewDisposeScope();
        var (from, to) = Box(landmarks);
        var half = (to - from).amax([1], keepdim: true) * (Margin / 2);                            // [N, 1]
        var grid = CoordinateGrid.CreateLike(side, side, half).unsqueeze(0) * half.reshape(-1, 1, 1, 1);
        return Warping.Sample(frames, grid + ((from + to) / 2).reshape(-1, 1, 1, 2), alignCorners: true, GridSamplePaddingMode.Border).MoveToOuterDisposeScope();
    }

    /// <summary>Where the part is: 1 in the square around it, 0 elsewhere.</summary>
    /// <param name="landmarks">The 68 landmarks of N faces.</param>
    /// <param name="side">Pixels of the result.</param>
    /// <returns>[N, 1, side, side].</returns>
    public Tensor Mask(Keypoints landmarks, long side)
    {
        using var scope = NewDisposeScope();
        var (from, to) = Box(landmarks);
        var half = (to - from).amax([1], keepdim: true).reshape(-1, 1, 1, 1) * (Margin / 2);
        var distance = (CoordinateGrid.CreateLike(side, side, half).unsqueeze(0) - ((from + to) / 2).reshape(-1, 1, 1, 2)).abs();
        return (distance <= half).all(-1).unsqueeze(1).to(half.dtype).MoveToOuterDisposeScope();
    }

    // Corners of the box [N, 2] each, in the scope of the caller.
    private (Tensor From, Tensor To) Box(Keypoints landmarks)
    {
        TensorGuard.Shape(landmarks.Positions, nameof(landmarks), TensorGuard.Some, 68, 2);
        var own = landmarks.Positions.detach().narrow(1, First, Count);
        return (own.amin([1]), own.amax([1]));
    }
}
