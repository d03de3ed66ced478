using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>A map of the plane that takes the landmarks of one face to those of another and leaves what lies outside of the frame where it is.</summary>
/// <remarks>
/// A thin plate spline over 68 landmarks and 24 fixed points on the square of ±1.2. <b>Choice:</b> a ridge of 1e-3, which lets landmarks
/// give way by less than a pixel at 128 px where they would fold the plane.
/// </remarks>
internal sealed class FaceWarp
{
    private const double Border = 1.2;
    private const int FixedPerSide = 7;
    private const double Ridge = 1e-3;
    private const double Tiny = 1e-9;

    private readonly Tensor _controls;      // [M, C, 2]
    private readonly Tensor _weights;       // [M, C + 3, 2]

    /// <summary>Solves for the spline.</summary>
    /// <param name="from">[M, P, 2], landmarks in the frames that are sampled.</param>
    /// <param name="to">[M, P, 2], where they are to be.</param>
    public FaceWarp(Tensor from, Tensor to)
    {
        long batch = to.size(0);
        var outside = Outside(to).expand(batch, -1, 2);
        _controls = cat([to, outside], 1);
        long controls = _controls.size(1);
        var affine = cat([ones(batch, controls, 1, device: to.device), _controls], 2);                  // [M, C, 3]
        var kernel = Radial(_controls, _controls) + (Ridge * eye(controls, device: to.device));
        var system = cat([cat([kernel, affine], 2), cat([affine.transpose(1, 2), zeros(batch, 3, 3, device: to.device)], 2)], 1);
        var shift = cat([from - to, zeros(batch, controls + 3 - to.size(1), 2, device: to.device)], 1);
        TensorGuard.Finite(system, nameof(to));
        TensorGuard.Finite(shift, nameof(from));
        _weights = linalg.solve(system, shift);
    }

    /// <summary>Where the frames are to be sampled for places of the new ones.</summary>
    /// <param name="places">[M, Q, 2], (x, y) in [-1, 1].</param>
    /// <returns>[M, Q, 2].</returns>
    public Tensor Apply(Tensor places)
    {
        using var scope = NewDisposeScope();
        long controls = _controls.size(1);
        var bend = Radial(places, _controls).matmul(_weights.narrow(1, 0, controls));
        var affine = _weights.narrow(1, controls, 3);
        return (places + bend + affine.narrow(1, 0, 1) + places.matmul(affine.narrow(1, 1, 2))).MoveToOuterDisposeScope();
    }

    /// <summary>Area that a small square of the new frame takes from the old one: below 0 the plane is folded.</summary>
    /// <param name="grid">[M, H, W, 2], <see cref="Apply"/> of an even grid.</param>
    /// <param name="step">Distance of neighbouring points of that grid.</param>
    /// <returns>[M], the least of each frame.</returns>
    public static Tensor LeastArea(Tensor grid, double step)
    {
        using var scope = NewDisposeScope();
        long height = grid.size(1) - 1, width = grid.size(2) - 1;
        var corner = grid.narrow(1, 0, height).narrow(2, 0, width);
        var right = (grid.narrow(1, 0, height).narrow(2, 1, width) - corner) / step;
        var down = (grid.narrow(1, 1, height).narrow(2, 0, width) - corner) / step;
        var area = (right.select(3, 0) * down.select(3, 1)) - (right.select(3, 1) * down.select(3, 0));
        return area.flatten(1).amin(1).MoveToOuterDisposeScope();
    }

    // r² ln r², by one product of matrices: |z|² + |c|² - 2 z·c.
    private static Tensor Radial(Tensor places, Tensor controls)
    {
        using var scope = NewDisposeScope();
        var square = places.matmul(controls.transpose(1, 2)).mul_(-2).add_(places.square().sum(2, keepdim: true)).add_(controls.square().sum(2).unsqueeze(1)).clamp_(min: Tiny);
        return square.log().mul_(square).MoveToOuterDisposeScope();
    }

    private static Tensor Outside(Tensor like)
    {
        var grid = CoordinateGrid.CreateLike(FixedPerSide, FixedPerSide, like).view(-1, 2);
        return (grid.index_select(0, grid.abs().amax(1).gt(0.99).nonzero().squeeze(1)) * Border).unsqueeze(0);
    }
}
