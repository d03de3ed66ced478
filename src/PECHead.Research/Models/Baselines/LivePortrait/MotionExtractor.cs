using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>Reads canonical keypoints, pose, expression and scale of a head off a frame.</summary>
internal sealed class MotionExtractor : nn.Module<Tensor, ImplicitHead>
{
    [ComponentName(Name = "detector")] private readonly ConvNext _network;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public MotionExtractor(LivePortraitConfig config) : base(nameof(MotionExtractor))
    {
        _network = new ConvNext(config.BackboneWidth);
        RegisterComponents();
    }

    /// <summary>The network inside.</summary>
    public ConvNext Network => _network;

    /// <summary>Reads heads.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    public override ImplicitHead forward(Tensor input) => _network.Read(input);
}

/// <summary>What is read off a head.</summary>
/// <param name="Logits">Bins of pitch, yaw and roll, [N, 3, 66].</param>
/// <param name="Canonical">The keypoints as if the head looked straight ahead, at rest, [N, K, 3].</param>
/// <param name="Scale">[N, 1].</param>
/// <param name="Expression">δ: a shift of each keypoint, [N, K, 3].</param>
/// <param name="Translation">[N, 3], of which x and y count.</param>
internal sealed record ImplicitHead(Tensor Logits, Tensor Canonical, Tensor Scale, Tensor Expression, Tensor Translation) : ITensorRecord
{
    private const double FirstBin = -97.5;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Logits, Canonical, Scale, Expression, Translation];

    /// <summary>Pitch, yaw and roll: the expectation over bins of three degrees, from −97.5.</summary>
    /// <returns>[N, 3].</returns>
    public Tensor Degrees() => HeadAngles.Expected(Logits, FirstBin);

    /// <summary>The rotation of a head that is turned so, which multiplies points, as rows, from the right: (R_z(roll) · R_y(yaw) · R_x(pitch))ᵀ.</summary>
    /// <param name="degrees">Pitch, yaw and roll [N, 3].</param>
    /// <returns>[N, 3, 3].</returns>
    public static Tensor Rotation(Tensor degrees)
    {
        using var scope = NewDisposeScope();
        var angles = (degrees * (Math.PI / 180)).unbind(1);
        var (pitch, yaw, roll) = HeadAngles.Rotations(angles[0], angles[1], angles[2]);
        return FullPrecision.Product(FullPrecision.Product(roll, yaw), pitch).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The motion of this head.</summary>
    /// <param name="canonical">Keypoints that it moves, [N, K, 3]; null: its own.</param>
    public ImplicitMotion Motion(Tensor? canonical = null)
    {
        using var scope = NewDisposeScope();
        return new ImplicitMotion((canonical ?? Canonical).alias(), Scale.alias(), Rotation(Degrees()), Expression.alias(), Translation.alias(), zeros_like(Expression)).MoveToOuterDisposeScope();
    }
}
