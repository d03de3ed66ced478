using PECHead.Research.Layers;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>The embedded reconstructor: a linear model explains the 468 points of the face mesh network.</summary>
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

    // A frame takes nearly half a megabyte while it is fitted, and a clip may have any length.
    private const long FramesTogether = 256;

    private readonly LinearFaceModel _model;
    private readonly LinearFaceModel _landmarks;
    private readonly FaceModelFit _fit;

    /// <summary>Prepares the fit of a model.</summary>
    /// <param name="model">Over the 468 points; is disposed with this.</param>
    /// <param name="config">Of the fit, or null for the defaults.</param>
    /// <exception cref="ArgumentException">A model over other points.</exception>
    public MeshReconstructor(LinearFaceModel model, FaceFitConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.PointCount != CanonicalFace.PointCount)
            throw new ArgumentException($"The model has {model.PointCount} points, the face mesh {CanonicalFace.PointCount}.", nameof(model));
        using var scope = NewDisposeScope();
        _model = model;
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
    public FaceCoefficients Fit(Tensor frames, FaceMeshes found)
    {
        TensorGuard.Shape(frames, nameof(frames), TensorGuard.Any, 3, TensorGuard.Any, TensorGuard.Any);
        ArgumentNullException.ThrowIfNull(found);
        if (frames.size(2) != frames.size(3))
            throw new ArgumentException($"Expected square frames, received {frames.size(2)} x {frames.size(3)}.", nameof(frames));
        TensorGuard.Shape(found.Points, nameof(found), frames.size(0), PointCount, 3);
        using var scope = NewDisposeScope();
        return Fit(found.FromPixelCentres(), found.ScoreTensor(), frames.size(3)).MoveToOuterDisposeScope();
    }

    /// <summary>Fits coefficients to meshes.</summary>
    /// <param name="pixels">[N, 468, 3] in pixels, whole numbers at their centres: x right, y down, z away from the camera.</param>
    /// <param name="score">[N] in [0, 1], 0 where there is no face.</param>
    /// <param name="side">Side of the square frames in pixels, at least 2. Angles, identity and expression do not depend on it.</param>
    /// <returns>As <see cref="Fit(Tensor, FaceMeshes)"/>, on the device of <paramref name="pixels"/>.</returns>
    public FaceCoefficients Fit(Tensor pixels, Tensor score, long side)
    {
        TensorGuard.Shape(pixels, nameof(pixels), TensorGuard.Any, PointCount, 3);
        TensorGuard.Shape(score, nameof(score), pixels.size(0));
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 2);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var neutral = Neutral(pixels.size(0), pixels.device);
        if (pixels.size(0) == 0) return neutral.MoveToOuterDisposeScope();
        var points = ToHalfFrames(pixels.to(ScalarType.Float32), side);

        // Numbers that are none would spoil the whole batch in the least squares: such a frame has no face.
        var found = (score > 0).logical_and(points.isfinite().flatten(1).all(1));
        var usable = points.masked_fill(found.logical_not().view(-1, 1, 1), 0);
        var fitted = _fit.Fit(usable, score.to(ScalarType.Float32).clamp(0, 1) * found.to(ScalarType.Float32));
        return Choose(found, fitted, neutral).MoveToOuterDisposeScope();
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
        var shared = clip.WithMeanIdentity();
        var parts = new List<FaceCoefficients>();
        long first = 0;
        do
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(FramesTogether, clip.Count - first);
            var frames = clip.Slice(first, count);
            parts.Add(_fit.Fit(_model.Points(frames), frames.Score, shared.Identity.narrow(0, first, count)).MoveToOuterDisposeScope());
            first += count;
        }
        while (first < clip.Count);
        return FaceCoefficients.Concatenate(parts).MoveToOuterDisposeScope();
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
