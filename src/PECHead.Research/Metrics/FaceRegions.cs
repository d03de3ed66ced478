using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>Mean colours of skin and background, found by landmarks.</summary>
/// <remarks>
/// <b>Choice:</b> skin is an ellipse over nose and cheeks, 0.6 by 0.3 of the half face around the tip of the nose; background is what lies
/// above the chin and beyond 1.9 half faces. A face that leaves less than a hundredth of the frame as background has none.
/// </remarks>
internal static class FaceRegions
{
    private const int NoseTip = 33;
    private const int Chin = 8;
    private const double LeastShare = 0.01;

    /// <summary>Mean colours.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="landmarks">[N, 68, 2] in pixels.</param>
    /// <returns>[N, 3] each; a region that is not there is not found.</returns>
    public static (FoundValues Skin, FoundValues Background) MeanColours(Tensor frames, FoundValues landmarks)
    {
        using var scope = NewDisposeScope();
        var points = landmarks.Values.to(frames.device).to(ScalarType.Float32);
        var (least, most) = (points.amin(1), points.amax(1));                       // [N, 2]
        var (middle, half) = ((least + most) / 2, ((most - least) / 2).clamp(min: 1));
        var pixels = (CoordinateGrid.Create(frames.size(2), frames.size(3), ScalarType.Float32, frames.device) + 1)
            * tensor(new[] { (frames.size(3) - 1) / 2f, (frames.size(2) - 1) / 2f }, device: frames.device);
        Tensor Radius(Tensor centre, double across, double along) => ((pixels.unsqueeze(0) - centre.view(-1, 1, 1, 2))
            / (half * tensor(new[] { (float)across, (float)along }, device: frames.device)).view(-1, 1, 1, 2)).square().sum(3);   // [N, H, W]
        var skin = Radius(points.select(1, NoseTip), 0.6, 0.3).lt(1);
        var background = Radius(middle, 1.9, 1.9).gt(1).logical_and(pixels.select(2, 1).unsqueeze(0).lt(points.select(1, Chin).select(1, 1).view(-1, 1, 1)));
        return (Mean(frames, skin, landmarks.Found), Mean(frames, background, landmarks.Found));
    }

    private static FoundValues Mean(Tensor frames, Tensor region, Tensor found)
    {
        var weight = region.to(frames.dtype).unsqueeze(1);
        var area = weight.sum([2, 3]);
        var mean = (frames * weight).sum([2, 3]) / area.clamp(min: 1);
        var there = area.squeeze(1).gt(LeastShare * frames.size(2) * frames.size(3)).to(found.device).logical_and(found);
        return new FoundValues(mean, there).MoveToOuterDisposeScope();
    }
}
