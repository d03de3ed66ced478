using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>Random flips and colours, drawn once a pair and applied to both of its frames.</summary>
/// <remarks>
/// <b>Deviation:</b> First Order Motion Model also turns the hue; faces under one light do not need it, and colour
/// transforms of the other three kinds are linear in the pixels.
/// </remarks>
internal sealed class FrameAugmentation
{
    private readonly bool _none;
    private readonly Tensor _flip;          // [N, 1, 1, 1] bool
    private readonly Tensor _brightness;    // [N, 1, 1, 1]
    private readonly Tensor _contrast;
    private readonly Tensor _saturation;

    private FrameAugmentation(bool none, Tensor flip, Tensor brightness, Tensor contrast, Tensor saturation)
        => (_none, _flip, _brightness, _contrast, _saturation) = (none, flip, brightness, contrast, saturation);

    /// <summary>Draws the changes of a batch; they live as long as the dispose scope in which they are drawn.</summary>
    /// <param name="batch">N.</param>
    /// <param name="config">How far to change.</param>
    /// <param name="generator">Source of randomness, on the CPU.</param>
    /// <param name="device">Device of the frames.</param>
    public static FrameAugmentation Draw(long batch, FrameAugmentationConfig config, Generator generator, Device device)
    {
        var numbers = rand([batch, 4], generator: generator).to(device);
        Tensor Factor(long column, double strength) => 1 + (strength * ((2 * Column(column)) - 1));
        Tensor Column(long column) => numbers.select(1, column).reshape(batch, 1, 1, 1);
        return new FrameAugmentation(
            config.IsNone, Column(0) < config.Flip, Factor(1, config.Brightness), Factor(2, config.Contrast), Factor(3, config.Saturation));
    }

    /// <summary>Changes frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>The same shape and range.</returns>
    public Tensor Apply(Tensor frames)
    {
        if (_none) return frames.alias();
        using var scope = NewDisposeScope();
        var bright = frames * _brightness;
        var contrasted = Blend(bright, Grey(bright).mean([2, 3], keepdim: true), _contrast);
        var saturated = Blend(contrasted, Grey(contrasted), _saturation).clamp(0, 1);
        return where(_flip, saturated.flip(3), saturated).MoveToOuterDisposeScope();
    }

    /// <summary>Changes frames, and with a flip what is known of their faces.</summary>
    /// <param name="batch">Frames and coefficients.</param>
    /// <param name="reconstructor">Knows what a flipped face looks like.</param>
    public FaceObservation Apply(FaceObservation batch, IFaceReconstructor reconstructor)
    {
        if (_none) return batch;
        var flip = _flip.reshape(-1, 1);
        var (straight, mirrored) = (batch.Coefficients, reconstructor.Mirror(batch.Coefficients));
        return new FaceObservation(Apply(batch.Image), straight with
        {
            Identity = where(flip, mirrored.Identity, straight.Identity),
            Expression = where(flip, mirrored.Expression, straight.Expression),
            Angles = where(flip, mirrored.Angles, straight.Angles),
            Translation = where(flip, mirrored.Translation, straight.Translation),
            Crop = where(flip, mirrored.Crop, straight.Crop),
        });
    }

    private static Tensor Blend(Tensor frames, Tensor centre, Tensor factor) => ((frames - centre) * factor) + centre;

    // Rec. 601 luma, as torchvision's colour jitter weighs the channels.
    private static Tensor Grey(Tensor frames)
        => (0.299 * frames.narrow(1, 0, 1)) + (0.587 * frames.narrow(1, 1, 1)) + (0.114 * frames.narrow(1, 2, 1));
}
