using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>K regions a frame: where each is, and how it is spread.</summary>
/// <param name="Shift">Their means [N, K, 2], (x, y) in [-1, 1]; the ends are the centres of the border pixels.</param>
/// <param name="Covariance">[N, K, 2, 2], in those units squared.</param>
/// <param name="Affine">[N, K, 2, 2]: the principal axes times the deviations along them; the covariance is this times its transpose.</param>
internal sealed record Regions(Tensor Shift, Tensor Covariance, Tensor Affine) : MotionState
{
    /// <summary>How the background of the source moves, [N, 2, 3]; null: it stays.</summary>
    public Tensor? Background { get; init; }

    /// <inheritdoc/>
    public override Keypoints? Keypoints => new(Shift);

    /// <inheritdoc/>
    public override Tensor? Axes => Affine;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Shift, Covariance, Affine, .. Background is null ? Array.Empty<Tensor>() : [Background]];

    /// <summary>Means and axes as the disentangling network reads them.</summary>
    /// <param name="beside">Regions to whose side the axes point, which have no direction of their own; null: as they are.</param>
    /// <returns>[N, 6K].</returns>
    public Tensor Described(Regions? beside = null)
    {
        using var scope = NewDisposeScope();
        var axes = beside is null ? Affine : TwoByTwo.Directed(Affine, Affine.matmul(TwoByTwo.Inverse(beside.Affine)));
        return cat([Shift, axes.flatten(2)], 2).flatten(1).MoveToOuterDisposeScope();
    }

    /// <summary>The regions that a source takes when it moves as the driving frame did since its first frame.</summary>
    /// <param name="source">Regions of the source.</param>
    /// <param name="driving">Regions of the present driving frame; their spread in the heatmaps stays.</param>
    /// <param name="first">Regions of the first driving frame.</param>
    /// <param name="scaled">Whether the movement is in units of the size of the face.</param>
    public static Regions Relative(Regions source, Regions driving, Regions first, bool scaled)
    {
        using var scope = NewDisposeScope();
        var affine = FullPrecision.Product(FullPrecision.Product(driving.Affine, TwoByTwo.Inverse(first.Affine)), source.Affine);
        return new Regions(RelativeMovement.Of(source.Shift, driving.Shift, first.Shift, scaled), driving.Covariance.alias(), affine).MoveToOuterDisposeScope();
    }
}
