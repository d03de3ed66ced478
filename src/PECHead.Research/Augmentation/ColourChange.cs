using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>Another camera under another light: one linear map of the colours a pair, x ↦ M x + b, clamped to [0, 1].</summary>
/// <remarks>
/// <b>Choice:</b> the hue is turned by any angle about the grey axis, the saturation is scaled by 0.3 to 1.5, all channels by 0.6 to
/// 1.4, each by 0.8 to 1.2, and up to ±0.15 is added.
/// </remarks>
internal sealed class ColourChange
{
    private static readonly float[] Luma = [0.299f, 0.587f, 0.114f];

    private readonly Tensor _matrix;    // [N, 3, 3]
    private readonly Tensor _offset;    // [N, 1, 1]

    public ColourChange(Draws draws, double share)
    {
        var happens = draws.Happens(share);
        var hue = Turn(draws.Next(-Math.PI, Math.PI));
        var colour = Saturation(draws.Next(0.3, 1.5)).matmul(hue);
        var gain = draws.Next(0.6, 1.4).unsqueeze(1) * stack([draws.Next(0.8, 1.2), draws.Next(0.8, 1.2), draws.Next(0.8, 1.2)], 1);
        var changed = gain.unsqueeze(2) * colour;
        var same = eye(3, device: happens.device);
        _matrix = same + (happens.view(-1, 1, 1) * (changed - same));
        _offset = (draws.Next(-0.15, 0.15) * happens).view(-1, 1, 1);
    }

    /// <summary>Changes frames.</summary>
    /// <param name="frames">[M·N, 3, H, W], RGB in [0, 1], M moments of the N pairs.</param>
    public Tensor Apply(Tensor frames)
    {
        using var scope = NewDisposeScope();
        long moments = frames.size(0) / _matrix.size(0);
        var changed = bmm(_matrix.repeat(moments, 1, 1), frames.flatten(2));
        return changed.add_(_offset.repeat(moments, 1, 1)).clamp_(0, 1).view_as(frames).MoveToOuterDisposeScope();
    }

    // A rotation about (1, 1, 1): I cos + (1 - cos) / 3 + K sin / √3.
    private static Tensor Turn(Tensor angle)
    {
        var (cos, sin) = (angle.cos(), angle.sin() / Math.Sqrt(3));
        var (mean, same) = ((1 - cos) / 3, cos + ((1 - cos) / 3));
        return stack([same, mean - sin, mean + sin, mean + sin, same, mean - sin, mean - sin, mean + sin, same], 1).view(-1, 3, 3);
    }

    // Towards or away from Rec. 601 luma.
    private static Tensor Saturation(Tensor factor)
    {
        var luma = tensor(Luma, device: factor.device).expand(3, 3);
        return luma + (factor.view(-1, 1, 1) * (eye(3, device: factor.device) - luma));
    }
}
