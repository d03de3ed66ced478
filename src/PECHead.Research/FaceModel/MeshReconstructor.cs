using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Finds the mesh of the largest face in each frame.</summary>
/// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
/// <returns>
/// Points [N, 468, 3] in pixels, a pixel's centre being a whole number: x right, y down, z away from the camera in the same
/// unit; and scores [N] in [0, 1], 0 without a face.
/// </returns>
public delegate (Tensor Points, Tensor Score) FaceMeshFinder(Tensor frames);

/// <summary>The embedded reconstructor: a face mesh network gives 468 points, a linear model explains them.</summary>
/// <remarks>
/// <b>Choice:</b> in place of Deep3DFaceRecon, whose face model may not be passed on. Coefficients mean the same things but
/// are numbers of another model: they cannot be exchanged with those of a <c>bfm</c> reconstructor.
/// </remarks>
public sealed class MeshReconstructor : IFaceReconstructor
{
    /// <summary>Its name in a configuration.</summary>
    public const string ConfigurationName = "mesh";

    /// <summary>Scale of <see cref="Neutral"/>: a face over half of the frame's height, as in VoxCeleb's crops.</summary>
    private const float NeutralLogScale = -0.4f;

    private readonly FaceMeshFinder _find;
    private readonly LinearFaceModel _model;
    private readonly LinearFaceModel _landmarks;
    private readonly FaceModelFit _fit;
    private readonly IDisposable? _owned;

    /// <summary>Joins a network and a model.</summary>
    /// <param name="find">The network.</param>
    /// <param name="model">Over the 468 points; is disposed with this.</param>
    /// <param name="config">Of the fit, or null for the defaults.</param>
    /// <param name="owned">What to dispose with this, as the network, or null.</param>
    /// <exception cref="ArgumentException">A model over other points.</exception>
    public MeshReconstructor(FaceMeshFinder find, LinearFaceModel model, FaceFitConfig? config = null, IDisposable? owned = null)
    {
        ArgumentNullException.ThrowIfNull(find);
        ArgumentNullException.ThrowIfNull(model);
        if (model.PointCount != CanonicalFace.PointCount)
            throw new ArgumentException($"The model has {model.PointCount} points, the face mesh {CanonicalFace.PointCount}.", nameof(model));
        using var scope = NewDisposeScope();
        (_find, _model, _owned) = (find, model, owned);
        _landmarks = model.Subset(CanonicalFace.Landmarks);
        _fit = new FaceModelFit(model, tensor(CanonicalFace.RigidWeights()), config);
    }

    /// <inheritdoc/>
    public string Name => ConfigurationName;

    /// <inheritdoc/>
    public int IdentitySize => _model.IdentitySize;

    /// <inheritdoc/>
    public int ExpressionSize => _model.ExpressionSize;

    /// <inheritdoc/>
    public int PointCount => _model.PointCount;

    /// <inheritdoc/>
    public IReadOnlyList<(int A, int B, int C)> Triangles => CanonicalFace.Triangles;

    /// <inheritdoc/>
    public ExpressionDirections Directions => _model.Directions;

    /// <inheritdoc/>
    public FaceCoefficients Reconstruct(Tensor frames)
    {
        TensorGuard.Shape(frames, nameof(frames), TensorGuard.Any, 3, TensorGuard.Any, TensorGuard.Any);
        if (frames.size(2) != frames.size(3) || frames.size(2) < 2)
            throw new ArgumentException($"Expected square frames of at least 2 pixels, received {frames.size(2)} x {frames.size(3)}.", nameof(frames));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (frames.size(0) == 0)
            return Neutral(0, frames.device).MoveToOuterDisposeScope();
        var (pixels, score) = _find(frames);
        var points = ToHalfFrames(pixels.to(ScalarType.Float32), frames.size(2));

        // Numbers that are none would spoil the whole batch in the least squares: such a frame has no face.
        var found = (score > 0).logical_and(points.isfinite().flatten(1).all(1));
        var usable = points.masked_fill(found.logical_not().view(-1, 1, 1), 0);
        var fitted = _fit.Fit(usable, score.to(ScalarType.Float32).clamp(0, 1) * found.to(ScalarType.Float32));
        return Choose(found, fitted, Neutral(frames.size(0), frames.device)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Landmarks(FaceCoefficients coefficients)
    {
        using var scope = NewDisposeScope();
        return _landmarks.Points(coefficients).narrow(2, 0, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Points(FaceCoefficients coefficients, IReadOnlyList<int>? points = null)
    {
        if (points is null)
            return _model.Points(coefficients);
        using var some = _model.Subset(points);
        return some.Points(coefficients);
    }

    /// <inheritdoc/>
    public FaceCoefficients Mirror(FaceCoefficients coefficients) => _model.Mirror(coefficients);

    /// <inheritdoc/>
    public FaceCoefficients ShareIdentity(FaceCoefficients clip)
    {
        FaceCoefficients.Require(clip, nameof(clip));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return _fit.Fit(_model.Points(clip), clip.Score, clip.WithMeanIdentity().Identity).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public FaceCoefficients Neutral(long count, Device device)
    {
        using var scope = NewDisposeScope();
        var crop = tensor(new[] { NeutralLogScale, 0f, 0f }, device: device).expand(count, 3).contiguous();
        return new FaceCoefficients(
            zeros(count, IdentitySize, device: device), zeros(count, ExpressionSize, device: device),
            zeros(count, 3, device: device), zeros(count, 3, device: device), crop, zeros(count, device: device)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fit.Dispose();
        _landmarks.Dispose();
        _model.Dispose();
        _owned?.Dispose();
    }

    private static Tensor ToHalfFrames(Tensor pixels, long side)
    {
        using var scope = NewDisposeScope();
        var scaled = pixels * (2.0 / (side - 1));
        return cat([scaled.narrow(2, 0, 2) - 1, -scaled.narrow(2, 2, 1)], 2).MoveToOuterDisposeScope();
    }

    private static FaceCoefficients Choose(Tensor found, FaceCoefficients fitted, FaceCoefficients otherwise)
    {
        var rows = found.unsqueeze(1);
        return new FaceCoefficients(
            where(rows, fitted.Identity, otherwise.Identity), where(rows, fitted.Expression, otherwise.Expression),
            where(rows, fitted.Angles, otherwise.Angles), fitted.Translation, where(rows, fitted.Crop, otherwise.Crop), fitted.Score);
    }
}
