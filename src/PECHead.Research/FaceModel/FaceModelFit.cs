using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Finds the coefficients whose points are nearest to given points: the inverse of <see cref="LinearFaceModel.Points"/>.</summary>
/// <remarks>
/// In turns: the pose by <see cref="Procrustes"/> on the points that expressions hardly move, then the coefficients by least
/// squares with a ridge, which is the most probable face under a normal prior. Computed in float64 on the points' device, without
/// gradient.
/// </remarks>
public sealed class FaceModelFit : IDisposable
{
    private readonly LinearFaceModel _model;
    private readonly FaceFitConfig _config;
    private readonly Tensor _rigidWeights;
    private readonly Tensor _mean;             // [3P]
    private readonly Tensor _basis;            // [I + E, 3P]
    private readonly Tensor _solver;           // [3P, I + E]
    private readonly Tensor _expressionSolver; // [3P, E]

    /// <summary>Prepares the normal equations of a model.</summary>
    /// <param name="model">Is used and not disposed.</param>
    /// <param name="rigidWeights">[P]: how much each point counts in the pose.</param>
    /// <param name="config">Rounds and ridge, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Not one weight per point.</exception>
    public FaceModelFit(LinearFaceModel model, Tensor rigidWeights, FaceFitConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        TensorGuard.Shape(rigidWeights, nameof(rigidWeights), model.PointCount);
        (_model, _config) = (model, (config ?? new FaceFitConfig()).Checked());
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var expression = model.Expression.flatten(1).to(ScalarType.Float64);
        _basis = cat([model.Identity.flatten(1).to(ScalarType.Float64), expression], 0).DetachFromDisposeScope();
        _mean = model.Mean.flatten().to(ScalarType.Float64).DetachFromDisposeScope();
        _solver = _config.Solver(_basis).DetachFromDisposeScope();
        _expressionSolver = _config.Solver(expression).DetachFromDisposeScope();
        _rigidWeights = rigidWeights.detach().to(ScalarType.Float64).cpu().clone().DetachFromDisposeScope();
    }

    /// <summary>Fits every frame by itself.</summary>
    /// <param name="points">[N, P, 3], half frames: x, y down, z towards the camera from any origin.</param>
    /// <param name="score">[N] in [0, 1]; it is passed on.</param>
    /// <param name="identity">α [N, I] or [1, I] where the person is known; null to fit it too.</param>
    /// <returns>Coefficients in the type and on the device of <paramref name="points"/>.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public FaceCoefficients Fit(Tensor points, Tensor score, Tensor? identity = null)
    {
        TensorGuard.Shape(points, nameof(points), TensorGuard.Any, _model.PointCount, 3);
        TensorGuard.Shape(score, nameof(score), points.size(0));
        // One person, or one for each frame.
        if (identity is not null)
            TensorGuard.Shape(identity, nameof(identity), identity is { IsInvalid: false, ndim: > 0 } && identity.size(0) == 1 ? 1 : points.size(0), _model.IdentitySize);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        long count = points.size(0);
        var target = WeakPerspective.FlipVertical(points.detach().to(ScalarType.Float64));
        var known = identity?.detach().to(ScalarType.Float64).to(points.device).expand(count, _model.IdentitySize);
        var (mean, basis) = (_mean.to(points.device), _basis.to(points.device));
        var start = known is null ? mean : mean + matmul(known, basis.narrow(0, 0, _model.IdentitySize));

        var shape = start.expand(count, mean.size(0));
        var pose = Pose(shape, target);
        var coefficients = zeros(0, ScalarType.Float64);
        for (int round = 0; round < _config.Iterations; round++)
        {
            coefficients = Coefficients(pose.Undo(target).flatten(1), start, known);
            shape = mean + matmul(coefficients, basis);
            pose = Pose(shape, target);
        }
        var (angles, crop) = WeakPerspective.Describe(pose);
        Tensor Result(Tensor value) => value.to(points.dtype).to(points.device).contiguous();
        return new FaceCoefficients(
            Result(coefficients.narrow(1, 0, _model.IdentitySize)),
            Result(coefficients.narrow(1, _model.IdentitySize, _model.ExpressionSize)),
            Result(angles), zeros(count, 3, points.dtype, points.device), Result(crop), score.to(points.dtype).to(points.device).clone())
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in (ReadOnlySpan<Tensor>)[_rigidWeights, _mean, _basis, _solver, _expressionSolver])
            table.Dispose();
    }

    private Similarity Pose(Tensor shape, Tensor target) =>
        Procrustes.Align(shape.reshape(target.size(0), -1, 3), target, _rigidWeights);

    private Tensor Coefficients(Tensor aligned, Tensor start, Tensor? known)
    {
        var distance = aligned - start;
        return known is null ? matmul(distance, _solver.to(distance.device)) : cat([known, matmul(distance, _expressionSolver.to(distance.device))], 1);
    }
}
