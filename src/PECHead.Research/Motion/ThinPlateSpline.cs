using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>A smooth bend of the plane, one per frame of a batch: an affine map plus radial terms around control points.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model, Sec. 3.1: T(z) = θ·(z, 1) + Σ_c a_c·U(‖z − c‖₁) with U(d) = d²·ln(d + 10⁻⁶);
/// the same scalar a_c moves x and y. The control points form a square grid over [-1, 1].
/// </remarks>
public sealed class ThinPlateSpline : IPlaneTransform
{
    private const double Epsilon = 1e-6;
    private const double EuclideanEpsilon = 1e-9;

    private readonly Tensor _affine;          // [N, 2, 3]
    private readonly Tensor _coefficients;    // [N, C, 1]
    private readonly Tensor _controls;        // [C, 2]
    private readonly bool _euclidean;

    /// <summary>Builds the bend from its parameters; it lives as long as the dispose scope in which it was built.</summary>
    /// <param name="affine">θ: [N, 2, 3].</param>
    /// <param name="coefficients">a: [N, C, 1], C a square number.</param>
    /// <param name="euclidean">See <see cref="ThinPlateSplineConfig.Euclidean"/>.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public ThinPlateSpline(Tensor affine, Tensor coefficients, bool euclidean = false)
    {
        TensorGuard.Shape(affine, nameof(affine), TensorGuard.Any, 2, 3);
        TensorGuard.Shape(coefficients, nameof(coefficients), affine.size(0), TensorGuard.Some, 1);
        TensorGuard.Same(coefficients, nameof(coefficients), affine, nameof(affine));
        long side = (long)Math.Round(Math.Sqrt(coefficients.size(1)));
        if (side * side != coefficients.size(1))
            throw new ArgumentException($"{coefficients.size(1)} control points form no square grid.", nameof(coefficients));
        _euclidean = euclidean;
        _affine = affine;
        _coefficients = coefficients;
        _controls = CoordinateGrid.CreateLike(side, side, affine).reshape(-1, 2);
    }

    /// <summary>Draws a random bend near the identity for each frame of a batch.</summary>
    /// <param name="batch">N, at least 1.</param>
    /// <param name="config">How far bends depart from the identity.</param>
    /// <param name="generator">Source of randomness, on the CPU: the same state gives the same bends on every device.</param>
    /// <param name="device">Device of the bends.</param>
    public static ThinPlateSpline Random(long batch, ThinPlateSplineConfig config, Generator generator, Device device)
    {
        long controls = (long)config.ControlPointsPerSide * config.ControlPointsPerSide;
        var identity = eye(2, 3);
        var affine = identity + config.AffineDeviation * randn([batch, 2, 3], generator: generator);
        var coefficients = config.CoefficientDeviation * randn([batch, controls, 1], generator: generator);
        return new ThinPlateSpline(affine.to(device), coefficients.to(device), config.Euclidean);
    }

    /// <summary>Bends points.</summary>
    /// <param name="points">[N, P, 2], (x, y) in [-1, 1]; or [1, P, 2], the same points for every frame.</param>
    /// <returns>[N, P, 2].</returns>
    public Tensor Apply(Tensor points)
    {
        Require(points);
        using var scope = NewDisposeScope();
        var linear = _affine.narrow(2, 0, 2).transpose(1, 2);                            // [N, 2, 2]
        var shift = _affine.select(2, 2).unsqueeze(1);                                   // [N, 1, 2]
        var offsets = points.unsqueeze(2) - _controls;                                   // [N or 1, P, C, 2]
        var bend = Radial(offsets).matmul(_coefficients);                                // [N, P, 1]
        return (points.matmul(linear) + shift + bend).MoveToOuterDisposeScope();
    }

    /// <summary>∂T/∂z at points, in closed form: how the bend turns and stretches what is around them.</summary>
    /// <param name="points">As for <see cref="Apply(Tensor)"/>.</param>
    /// <returns>[N, P, 2, 2]; a row for each coordinate of T.</returns>
    internal Tensor Jacobian(Tensor points)
    {
        Require(points);
        using var scope = NewDisposeScope();
        var slopes = Slope(points.unsqueeze(2) - _controls) * _coefficients.unsqueeze(1);    // [N, P, C, 2]
        return (_affine.narrow(2, 0, 2).unsqueeze(1) + slopes.sum([2]).unsqueeze(2)).MoveToOuterDisposeScope();
    }

    /// <summary>Bends keypoints.</summary>
    /// <param name="keypoints">Points of the same batch.</param>
    public Keypoints Apply(Keypoints keypoints) => new(Apply(keypoints.Positions));

    /// <inheritdoc/>
    public Tensor Warp(Tensor frames)
    {
        TensorGuard.Shape(frames, nameof(frames), _affine.size(0), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        long height = frames.size(2), width = frames.size(3);
        var grid = CoordinateGrid.CreateLike(height, width, _affine).reshape(1, -1, 2);
        var deformation = Apply(grid).reshape(-1, height, width, 2);
        return Warping.Sample(frames, deformation, alignCorners: true, GridSamplePaddingMode.Reflection)
            .MoveToOuterDisposeScope();
    }

    // One set of points for all, or one for each.
    private void Require(Tensor points)
    {
        TensorGuard.Shape(points, nameof(points), points is { IsInvalid: false, ndim: > 0 } && points.size(0) == 1 ? 1 : _affine.size(0), TensorGuard.Any, 2);
        TensorGuard.Same(points, nameof(points), _affine, "the spline");
    }

    // U of offsets [..., 2]: [...].
    private Tensor Radial(Tensor offsets)
    {
        var distance = Distance(offsets);
        return _euclidean ? distance * (distance + EuclideanEpsilon).log() : distance.square() * (distance + Epsilon).log();
    }

    // Its slope along each coordinate: [..., 2].
    private Tensor Slope(Tensor offsets)
    {
        var distance = Distance(offsets);
        return _euclidean
            ? 2 * offsets * ((distance + EuclideanEpsilon).log() + (distance / (distance + EuclideanEpsilon))).unsqueeze(-1)
            : offsets.sign() * ((2 * distance * (distance + Epsilon).log()) + (distance.square() / (distance + Epsilon))).unsqueeze(-1);
    }

    // d, or r².
    private Tensor Distance(Tensor offsets) => _euclidean ? offsets.square().sum(-1) : offsets.abs().sum(-1);
}
