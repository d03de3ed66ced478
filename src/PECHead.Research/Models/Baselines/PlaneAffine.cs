using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>An affine map of the image plane, as six numbers a frame: how a background moves.</summary>
internal static class PlaneAffine
{
    private static readonly float[] Identity = [1, 0, 0, 0, 1, 0];

    /// <summary>Lets a layer of six outputs begin with the identity, whatever it sees.</summary>
    /// <param name="layer">The layer.</param>
    public static void BeginAtIdentity(Linear layer)
    {
        NeutralStart.Zero(layer);
        using var noGradient = no_grad();
        using var identity = tensor(Identity);
        layer.bias!.copy_(identity);
    }

    /// <summary>Reads maps off features, in single precision at least: brain floats near 1 are half a pixel of a small frame apart.</summary>
    /// <param name="layer">The layer of six outputs.</param>
    /// <param name="features">[N, C].</param>
    /// <returns>[N, 2, 3].</returns>
    public static Tensor Of(Linear layer, Tensor features)
    {
        using var scope = NewDisposeScope();
        return FullPrecision.Product(layer, features.Widened()).reshape(-1, 2, 3).MoveToOuterDisposeScope();
    }

    /// <summary>Moves every pixel of a grid.</summary>
    /// <param name="affine">[N, 2, 3]; null: the identity for all.</param>
    /// <param name="grid">[h, w, 2].</param>
    /// <param name="batch">N.</param>
    /// <returns>[N, h, w, 2].</returns>
    public static Tensor Apply(Tensor? affine, Tensor grid, long batch)
    {
        using var scope = NewDisposeScope();
        if (affine is null) return grid.unsqueeze(0).expand(batch, grid.size(0), grid.size(1), 2).MoveToOuterDisposeScope();
        var linear = affine.narrow(2, 0, 2).reshape(batch, 1, 1, 2, 2);
        return ((linear * grid.unsqueeze(-2)).sum([-1]) + affine.select(2, 2).reshape(batch, 1, 1, 2)).MoveToOuterDisposeScope();
    }
}
