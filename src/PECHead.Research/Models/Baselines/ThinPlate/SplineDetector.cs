using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Finds the points of all splines in a frame at once.</summary>
/// <remarks><b>Paper:</b> Thin-Plate Spline Motion Model, Sec. 3.2: a ResNet-18 from scratch.</remarks>
internal sealed class SplineDetector : nn.Module<Tensor, SplineKeypoints>
{
    [ComponentName(Name = "fg_encoder")] private readonly ResidualNetwork _network;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public SplineDetector(SplineConfig config) : base(nameof(SplineDetector))
    {
        _network = new ResidualNetwork(3, config.DetectorWidth, 2L * config.PointCount);
        RegisterComponents();
    }

    /// <summary>Finds the points.</summary>
    /// <param name="input">Frames [N, 3, H, W], RGB in [0, 1].</param>
    public override SplineKeypoints forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var logits = FullPrecision.Of(_network.call(input));
        return new SplineKeypoints(((2 * logits.sigmoid()) - 1).reshape(input.size(0), -1, 2)).MoveToOuterDisposeScope();
    }
}
