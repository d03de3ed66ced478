using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>Paints the dark inside of a mouth where a warp opens lips that were closed: a warp alone would stretch the lips over it.</summary>
/// <remarks>
/// <b>Choice:</b> the area between the inner lips becomes dark red as far as the gap grew, all of it from 0.04 half frames on; half of the
/// pairs show upper teeth in the upper third.
/// </remarks>
internal static class MouthInterior
{
    private const int FirstInnerLip = 60;
    private const int InnerLips = 8;
    private const double FullGap = 0.04;
    private const double Softness = 0.008;
    private const double TeethShare = 0.3;
    private static readonly float[] Dark = [0.24f, 0.09f, 0.08f];
    private static readonly float[] Teeth = [0.74f, 0.68f, 0.60f];

    // Corner, three of the upper lip, corner; and the same along the lower lip.
    private static readonly long[] Upper = [0, 1, 2, 3, 4];
    private static readonly long[] Lower = [0, 7, 6, 5, 4];

    /// <summary>Paints.</summary>
    /// <param name="frames">[M, 3, S, S], warped.</param>
    /// <param name="before">[M, 68, 2], landmarks before the warp.</param>
    /// <param name="after">[M, 68, 2], landmarks as the frames show them.</param>
    /// <param name="scale">[M], by how much the warp enlarges a face that does not change.</param>
    /// <param name="teeth">[M] of 0 and 1.</param>
    public static Tensor Paint(Tensor frames, Tensor before, Tensor after, Tensor scale, Tensor teeth)
    {
        using var scope = NewDisposeScope();
        var (old, lips) = (before.narrow(1, FirstInnerLip, InnerLips), after.narrow(1, FirstInnerLip, InnerLips));
        var grown = ((Gap(lips) / scale) - Gap(old)) / FullGap;                             // [M]
        var corner = lips.select(1, 0).view(-1, 1, 1, 2);
        var along = lips.select(1, 4).view(-1, 1, 1, 2) - corner;
        var length = along.square().sum(3, keepdim: true).sqrt().clamp(min: 1e-3);
        var axis = along / length;                                                          // [M, 1, 1, 2]
        var down = stack([-axis.select(3, 1), axis.select(3, 0)], 3);
        var grid = CoordinateGrid.CreateLike(frames.size(2), frames.size(3), lips).unsqueeze(0);
        Tensor Along(Tensor places) => ((places - corner) * axis).sum(3) / length.squeeze(3);
        Tensor Below(Tensor places) => ((places - corner) * down).sum(3);
        var (x, y) = (Along(grid), Below(grid));                                            // [M, S, S]
        var heights = Below(lips.unsqueeze(1)).squeeze(1);                                  // [M, 8]
        Tensor Lip(long[] points) => points.Index().Select(point =>
            heights.select(1, point.Item).view(-1, 1, 1) * (1 - ((x - (point.Index / 4.0)).abs() * 4)).clamp(min: 0)).Aggregate((sum, part) => sum + part);
        var (top, bottom) = (Lip(Upper), Lip(Lower));
        var inside = ((y - top) / Softness).sigmoid() * ((bottom - y) / Softness).sigmoid() * x.gt(0).logical_and(x.lt(1)).to(x.dtype);
        var cover = (inside * grown.clamp(0, 1).view(-1, 1, 1)).unsqueeze(1);
        var band = ((top + (TeethShare * (bottom - top)) - y) / Softness).sigmoid() * teeth.view(-1, 1, 1);
        var (dark, light) = (Colour(Dark, frames), Colour(Teeth, frames));
        var brightness = (frames * cover).sum([1, 2, 3], keepdim: true) / (cover.sum([1, 2, 3], keepdim: true) * 3).clamp(min: 1e-3);
        var paint = dark.lerp(light, band.unsqueeze(1)) * (brightness * 2).clamp(0.2, 1);
        return frames.lerp(paint, cover).MoveToOuterDisposeScope();
    }

    private static Tensor Gap(Tensor lips)
        => (lips.narrow(1, 5, 3).mean([1L]) - lips.narrow(1, 1, 3).mean([1L])).square().sum(1).sqrt();

    private static Tensor Colour(float[] values, Tensor like) => tensor(values, device: like.device).view(1, 3, 1, 1);
}
