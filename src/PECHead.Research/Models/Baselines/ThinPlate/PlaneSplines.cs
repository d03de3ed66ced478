using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Thin-plate splines that take some points to others: an affine map and a radial term around each point.</summary>
/// <param name="Affine">A: [N, K, 2, 3].</param>
/// <param name="Weights">w: [N, K, P, 2].</param>
/// <param name="Centres">p: [N, K, P, 2], (x, y) in [-1, 1].</param>
/// <remarks>
/// <b>Paper:</b> Thin-Plate Spline Motion Model, Eq. 1 to 3: T(z) = A·(z, 1) + Σ w·U(‖z − p‖²) with U(d) = d·ln(d + 10⁻⁹).
/// <b>Choice:</b> as in the published code, a hundredth is added to the diagonal of the whole system; it has a solution for points on one line too.
/// </remarks>
internal sealed record PlaneSplines(Tensor Affine, Tensor Weights, Tensor Centres) : ITensorRecord
{
    private const double Epsilon = 1e-9;
    private const double Diagonal = 0.01;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Affine, Weights, Centres];

    /// <summary>Fits splines.</summary>
    /// <param name="from">p: [N, K, P, 2].</param>
    /// <param name="to">q: [N, K, P, 2].</param>
    public static PlaneSplines Fit(Tensor from, Tensor to)
    {
        using var scope = NewDisposeScope();
        long n = from.size(0), splines = from.size(1), points = from.size(2);
        var radial = Radial((from.unsqueeze(3) - from.unsqueeze(2)).square().sum([-1]));                     // [N, K, P, P]
        var plane = cat([from, ones_like(from.narrow(3, 0, 1))], 3);                                         // [N, K, P, 3]
        var upper = cat([radial, plane], 3);
        var lower = cat([plane.transpose(2, 3), zeros([n, splines, 3, 3], from.dtype, from.device)], 3);
        var system = cat([upper, lower], 2) + (Diagonal * eye(points + 3, dtype: from.dtype, device: from.device));
        var wanted = cat([to, zeros([n, splines, 3, 2], to.dtype, to.device)], 2);
        var solution = linalg.solve(system, wanted);                                                        // [N, K, P + 3, 2]
        return new PlaneSplines(solution.narrow(2, points, 3).transpose(2, 3).clone(), solution.narrow(2, 0, points).clone(), from.alias()).MoveToOuterDisposeScope();
    }

    /// <summary>Moves every pixel of a grid.</summary>
    /// <param name="grid">[h, w, 2].</param>
    /// <returns>[N, K, h, w, 2].</returns>
    public Tensor Apply(Tensor grid)
    {
        using var scope = NewDisposeScope();
        long n = Centres.size(0), splines = Centres.size(1);
        var flat = grid.reshape(-1, 2);                                                                      // [hw, 2]
        var radial = Radial((flat - Centres.unsqueeze(3)).square().sum([-1]));                               // [N, K, P, hw]
        var linear = FullPrecision.Product(flat, Affine.narrow(3, 0, 2).transpose(2, 3)) + Affine.select(3, 2).unsqueeze(2);   // [N, K, hw, 2]
        return (linear + FullPrecision.Product(radial.transpose(2, 3), Weights)).reshape(n, splines, grid.size(0), grid.size(1), 2).MoveToOuterDisposeScope();
    }

    private static Tensor Radial(Tensor squares) => squares * (squares + Epsilon).log();
}
