using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>Another wall, other hair and clothes: what is no skin changes its colours apart from the skin.</summary>
/// <remarks>
/// <b>Choice:</b> a wall of strong blue is replaced by soft patches of random colours at 2 × 2 to 6 × 6 places; the blue that it throws on
/// the edges is taken off. Hair and clothes are what differs from the colour of the cheeks and lies off the face; they are scaled by
/// 0.4 to 1.6 in each channel.
/// </remarks>
internal sealed class Surroundings
{
    private const double LeastBlue = 0.12;
    private const double FullBlue = 0.32;
    private const double SkinSpread = 0.06;
    private const int PatchSide = 6;
    private static readonly long[] Cheeks = [1, 2, 3, 13, 14, 15, 29, 30];

    private readonly Tensor _happens;   // [N, 1, 1, 1]
    private readonly Tensor _wall;      // [N, 3, 6, 6]
    private readonly Tensor _other;     // [N, 3, 1, 1]

    public Surroundings(Draws draws, double share)
    {
        _happens = draws.Happens(share).view(-1, 1, 1, 1);
        var tint = stack([draws.Next(), draws.Next(), draws.Next()], 1).view(-1, 3, 1, 1);
        var pattern = draws.Wide(3 * PatchSide * PatchSide).view(-1, 3, PatchSide, PatchSide);
        _wall = tint.lerp(pattern, (draws.Next() * 0.8).view(-1, 1, 1, 1));
        _other = stack([draws.Next(0.4, 1.6), draws.Next(0.4, 1.6), draws.Next(0.4, 1.6)], 1).view(-1, 3, 1, 1);
    }

    /// <summary>Changes frames.</summary>
    /// <param name="frames">[M·N, 3, H, W], RGB in [0, 1], M moments of the N pairs.</param>
    /// <param name="landmarks">[M·N, 68, 2].</param>
    public Tensor Apply(Tensor frames, Tensor landmarks)
    {
        using var scope = NewDisposeScope();
        long moments = frames.size(0) / _happens.size(0);
        Tensor Each(Tensor part) => part.repeat(moments, 1, 1, 1);
        var happens = Each(_happens);
        var blue = frames.narrow(1, 2, 1);
        var others = frames.narrow(1, 0, 1).maximum(frames.narrow(1, 1, 1));
        var wall = ((blue - others - LeastBlue) / (FullBlue - LeastBlue)).clamp(0, 1) * happens;
        // What is left of the blue on the edges.
        var clean = cat([frames.narrow(1, 0, 2), blue.lerp(blue.minimum(others), happens)], 1);
        var skin = Skin(clean, landmarks);
        var dressed = clean * (Each(_other) - 1).mul((1 - skin) * happens).add(1);
        return dressed.lerp(Warping.ResizeMap(Each(_wall), frames.size(2), frames.size(3)), wall).clamp_(0, 1).MoveToOuterDisposeScope();
    }

    // 1 on the face and where the colour is that of the cheeks.
    private static Tensor Skin(Tensor frames, Tensor landmarks)
    {
        using var scope = NewDisposeScope();
        var cheeks = Warping.Sample(frames, landmarks.index_select(1, tensor(Cheeks).to(frames.device)).unsqueeze(1), alignCorners: true, GridSamplePaddingMode.Border)
            .mean([2, 3], keepdim: true);
        var (light, reference) = (frames.sum(1, keepdim: true).clamp(min: 0.05), cheeks.sum(1, keepdim: true).clamp(min: 0.05));
        var distance = ((frames / light) - (cheeks / reference)).square().sum(1, keepdim: true) / (SkinSpread * SkinSpread);
        var alike = (-distance).exp() * (((light / reference) - 0.45) / 0.06).sigmoid();
        var (least, most) = (landmarks.amin(1).view(-1, 1, 1, 2), landmarks.amax(1).view(-1, 1, 1, 2));
        var grid = CoordinateGrid.CreateLike(frames.size(2), frames.size(3), landmarks).unsqueeze(0);
        var radius = ((grid - ((least + most) / 2)) / ((most - least) / 2).clamp(min: 1e-3)).square().sum(3).sqrt().unsqueeze(1);
        return alike.maximum(((1 - radius) / 0.1).sigmoid()).MoveToOuterDisposeScope();
    }
}
