using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>V(α, β) = mean + α · identity basis + β · expression basis: the shape of a face without its pose.</summary>
/// <remarks>
/// <b>Paper:</b> the form of Deng et al. 2019 (Deep3DFaceRecon), which PECHead reads its coefficients from. Basis vectors are
/// scaled to the spread that was seen, so that a coefficient of 1 is one standard deviation, and each is symmetric or
/// antisymmetric under the mirror, so that mirroring a face flips signs of coefficients.
/// </remarks>
public sealed class LinearFaceModel : IDisposable
{
    private readonly Tensor _mean;
    private readonly Tensor _identity;
    private readonly Tensor _expression;

    /// <summary>Takes copies of the tables, on the CPU in float32.</summary>
    /// <param name="mean">[P, 3] centimetres.</param>
    /// <param name="identity">[I, P, 3] centimetres.</param>
    /// <param name="expression">[E, P, 3] centimetres.</param>
    /// <param name="identityMirror">[I] of 1 and −1: what becomes of the coefficients of a mirrored person.</param>
    /// <param name="expressionMirror">[E] of 1 and −1.</param>
    /// <param name="directions">Named expressions, or null for none.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public LinearFaceModel(
        Tensor mean, Tensor identity, Tensor expression, Tensor identityMirror, Tensor expressionMirror, ExpressionDirections? directions = null)
    {
        TensorGuard.Shape(mean, nameof(mean), TensorGuard.Any, 3);
        TensorGuard.Shape(identity, nameof(identity), TensorGuard.Any, mean.size(0), 3);
        TensorGuard.Shape(expression, nameof(expression), TensorGuard.Any, mean.size(0), 3);
        TensorGuard.Shape(identityMirror, nameof(identityMirror), identity.size(0));
        TensorGuard.Shape(expressionMirror, nameof(expressionMirror), expression.size(0));
        (_mean, _identity, _expression) = (Own(mean), Own(identity), Own(expression));
        (IdentityMirror, ExpressionMirror) = (Own(identityMirror), Own(expressionMirror));
        Directions = directions ?? ExpressionDirections.None;
    }

    /// <summary>P, the number of points.</summary>
    public int PointCount => (int)_mean.size(0);

    /// <summary>I, the number of identity coefficients.</summary>
    public int IdentitySize => (int)_identity.size(0);

    /// <summary>E, the number of expression coefficients.</summary>
    public int ExpressionSize => (int)_expression.size(0);

    /// <summary>Named expressions.</summary>
    public ExpressionDirections Directions { get; }

    /// <summary>[P, 3] centimetres. The model's own: do not dispose it.</summary>
    internal Tensor Mean => _mean;

    /// <summary>[I, P, 3].</summary>
    internal Tensor Identity => _identity;

    /// <summary>[E, P, 3].</summary>
    internal Tensor Expression => _expression;

    /// <summary>[I] of 1 and −1.</summary>
    internal Tensor IdentityMirror { get; }

    /// <summary>[E] of 1 and −1.</summary>
    internal Tensor ExpressionMirror { get; }

    /// <summary>The shape of faces, differentiable in both arguments, in their type and on their device.</summary>
    /// <param name="identity">α [N, I].</param>
    /// <param name="expression">β [N, E].</param>
    /// <returns>[N, P, 3] centimetres: x right, y up, z towards the camera for a face that looks into it.</returns>
    /// <exception cref="ArgumentException">Coefficients of another model.</exception>
    public Tensor Shape(Tensor identity, Tensor expression)
    {
        TensorGuard.Shape(identity, nameof(identity), TensorGuard.Any, IdentitySize);
        TensorGuard.Shape(expression, nameof(expression), identity.size(0), ExpressionSize);
        TensorGuard.Same(expression, nameof(expression), identity, nameof(identity));
        using var scope = NewDisposeScope();
        Tensor Table(Tensor table) => table.to(identity.device).to(identity.dtype).flatten(1);
        var person = matmul(identity, Table(_identity));
        var face = matmul(expression, Table(_expression));
        var mean = _mean.to(identity.device).to(identity.dtype).flatten();
        return (mean + person + face).view(-1, PointCount, 3).MoveToOuterDisposeScope();
    }

    /// <summary>Points in the frame, differentiable.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <returns>[N, P, 3], half frames, as <see cref="IFaceReconstructor.Points"/>.</returns>
    public Tensor Points(FaceCoefficients coefficients)
    {
        FaceCoefficients.Require(coefficients, nameof(coefficients));
        using var scope = NewDisposeScope();
        return WeakPerspective.Project(Shape(coefficients.Identity, coefficients.Expression), coefficients).MoveToOuterDisposeScope();
    }

    /// <summary>The coefficients of the horizontally flipped frames.</summary>
    /// <param name="coefficients">Of N frames.</param>
    public FaceCoefficients Mirror(FaceCoefficients coefficients)
    {
        FaceCoefficients.Require(coefficients, nameof(coefficients));
        TensorGuard.Shape(coefficients.Identity, nameof(coefficients), TensorGuard.Any, IdentitySize);
        TensorGuard.Shape(coefficients.Expression, nameof(coefficients), TensorGuard.Any, ExpressionSize);
        using var scope = NewDisposeScope();
        Tensor Flip(Tensor values, Tensor signs) => values * signs.to(values.device).to(values.dtype);
        return (coefficients.WithMirroredPose() with
        {
            Identity = Flip(coefficients.Identity, IdentityMirror),
            Expression = Flip(coefficients.Expression, ExpressionMirror),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The same model for some of the points.</summary>
    /// <param name="points">Which, in the order wanted.</param>
    /// <returns>A model of its own, to be disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A point that is not there.</exception>
    public LinearFaceModel Subset(IReadOnlyList<int> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        foreach (int point in points)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(point, nameof(points));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(point, PointCount, nameof(points));
        }
        using var scope = NewDisposeScope();
        var rows = tensor(points.Select(point => (long)point).ToArray());
        return new LinearFaceModel(
            _mean.index_select(0, rows), _identity.index_select(1, rows), _expression.index_select(1, rows),
            IdentityMirror, ExpressionMirror, Directions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in (ReadOnlySpan<Tensor>)[_mean, _identity, _expression, IdentityMirror, ExpressionMirror])
            table.Dispose();
    }

    private static Tensor Own(Tensor table)
    {
        using var scope = NewDisposeScope();
        return table.detach().cpu().to(ScalarType.Float32).contiguous().clone().DetachFromDisposeScope();
    }
}
