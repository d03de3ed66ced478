using PECHead.Research.Data;
using PECHead.Research.Flow;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Flow;

/// <summary>Two frames of which the second is the first, bent: the flow between them is known.</summary>
internal sealed record KnownMotion(Tensor Current, Tensor Previous, Tensor Flow, Tensor Valid)
{
    /// <summary>Bends frames [N, 3, S, S] by affine maps and thin-plate splines.</summary>
    public static KnownMotion Bend(Tensor frames, double affine, double coefficient, long seed)
    {
        long side = frames.size(2);
        var config = new ThinPlateSplineConfig { AffineDeviation = affine, CoefficientDeviation = coefficient };
        var bend = ThinPlateSpline.Random(frames.size(0), config, new Generator((ulong)seed), CPU);
        var grid = CoordinateGrid.Create(side, side, ScalarType.Float32, CPU);
        var deformation = bend.Apply(grid.reshape(1, -1, 2)).reshape(-1, side, side, 2);
        return new KnownMotion(
            bend.Warp(frames), frames, (deformation - grid) * ((side - 1) / 2.0), deformation.abs().amax([-1]).le(1).to(ScalarType.Float32));
    }

    /// <summary>The portraits of the talking-face data, [N, 3, side, side] in [0, 1].</summary>
    public static Tensor Portraits(int side) => stack(
        [.. ManifestReader.Read(Repository.Manifest("talking-face")).Portraits.Select(portrait => Frame(
            ImageFile.ReadSquare(Path.Combine(AssetFactAttribute.MediaRoot, portrait.File), side, portrait.Crop)))]);

    public double[] Errors(Tensor flow) => [.. FlowField.EndPointError(flow, Flow, Valid).data<float>().ToArray().Select(error => (double)error)];

    private static Tensor Frame(RgbImage image)
    {
        using var scope = NewDisposeScope();
        return (tensor(image.GetBuffer()).reshape(image.Height, image.Width, 3).permute(2, 0, 1).to(ScalarType.Float32) / 255).MoveToOuterDisposeScope();
    }
}
