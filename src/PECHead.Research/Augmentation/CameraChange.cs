using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>Another lens, sensor and light: a smooth field of light, a curve for each channel, blur, and the blocks of JPEG.</summary>
/// <remarks>
/// <b>Choice:</b> light of 0.65 to 1.35 at 4 × 4 places, exponents of 0.75 to 1.35, up to all of a blur of five pixels, steps of JPEG's
/// quantisation of up to 0.12 at the highest frequency. Noise is left out: nobody could generate that of the driving frame.
/// </remarks>
internal sealed class CameraChange
{
    private const int Block = 8;
    private const int LightSide = 4;
    private readonly Tensor _light;     // [N, 1, 4, 4]
    private readonly Tensor _exponent;  // [N, 3, 1, 1]
    private readonly Tensor _blur;      // [N, 1, 1, 1]
    private readonly Tensor _step;      // [N, 1, 1, 1]

    public CameraChange(Draws draws, double share)
    {
        var happens = draws.Happens(share);
        var field = stack([.. Enumerable.Range(0, LightSide * LightSide).Select(_ => draws.Next(-0.35, 0.35))], 1) * happens.unsqueeze(1);
        _light = 1 + field.view(-1, 1, LightSide, LightSide);
        _exponent = (stack([draws.Next(-0.3, 0.3), draws.Next(-0.3, 0.3), draws.Next(-0.3, 0.3)], 1) * happens.unsqueeze(1)).exp().view(-1, 3, 1, 1);
        // Most cameras are sharp: the square of an even number is small more often than large.
        _blur = (draws.Next().square() * happens).view(-1, 1, 1, 1);
        _step = (draws.Next().square() * 0.12 * happens).view(-1, 1, 1, 1);
    }

    /// <summary>Changes frames.</summary>
    /// <param name="frames">[M·N, 3, H, W], RGB in [0, 1], M moments of the N pairs.</param>
    public Tensor Apply(Tensor frames)
    {
        using var scope = NewDisposeScope();
        long moments = frames.size(0) / _light.size(0);
        Tensor Each(Tensor part) => part.repeat(moments, 1, 1, 1);
        var light = Warping.ResizeMap(Each(_light), frames.size(2), frames.size(3));
        var seen = (frames * light).clamp_(1e-3, 1).pow(Each(_exponent));
        var blurred = nn.functional.avg_pool2d(seen, 5, stride: 1, padding: 2, count_include_pad: false);
        return Compress(seen.lerp(blurred, Each(_blur)), Each(_step)).clamp_(0, 1).MoveToOuterDisposeScope();
    }

    // Every block of 8 x 8 pixels goes into its cosine transform, is rounded to steps that grow with the frequency, and comes back.
    private static Tensor Compress(Tensor frames, Tensor step)
    {
        long batch = frames.size(0), height = frames.size(2), width = frames.size(3);
        if (height % Block != 0 || width % Block != 0) return frames;
        var cosines = Cosines(frames.device);
        var blocks = frames.view(batch, 3, height / Block, Block, width / Block, Block).transpose(3, 4);
        var frequency = arange(Block, ScalarType.Float32, frames.device);
        var steps = (step.view(-1, 1, 1, 1, 1, 1) * (frequency.unsqueeze(1) + frequency) / (2 * (Block - 1))).clamp(min: 1e-4);
        var spectrum = cosines.matmul(blocks).matmul(cosines.t());
        var back = cosines.t().matmul((spectrum / steps).round().mul_(steps)).matmul(cosines);
        return back.transpose(3, 4).reshape(batch, 3, height, width);
    }

    private static Tensor Cosines(Device device)
    {
        var index = arange(Block, ScalarType.Float32, device);
        var table = (index.unsqueeze(1) * (index + 0.5) * (Math.PI / Block)).cos() * Math.Sqrt(2.0 / Block);
        return where(index.unsqueeze(1).eq(0), table / Math.Sqrt(2), table);
    }
}
