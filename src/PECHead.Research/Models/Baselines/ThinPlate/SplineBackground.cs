using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Estimates how the background moves between two frames, as one affine map.</summary>
/// <remarks><b>Paper:</b> Thin-Plate Spline Motion Model, Sec. 3.3. It begins with the identity. Where another video animates a source the background stays.</remarks>
internal sealed class SplineBackground : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Its name in files.</summary>
    public const string Part = "bg_predictor";

    [ComponentName(Name = "bg_encoder")] private readonly ResidualNetwork _network;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public SplineBackground(SplineConfig config) : base(nameof(SplineBackground))
    {
        _network = new ResidualNetwork(6, config.DetectorWidth, 6);
        PlaneAffine.BeginAtIdentity(_network.Linear);
        RegisterComponents();
    }

    /// <summary>Estimates the motion.</summary>
    /// <param name="input1">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="input2">Driving frames of the same shape.</param>
    /// <returns>[N, 2, 3]: from driving to source positions.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        return PlaneAffine.Of(_network.Linear, _network.Maps(cat([input1, input2], 1))[^1].mean([2, 3])).MoveToOuterDisposeScope();
    }
}
