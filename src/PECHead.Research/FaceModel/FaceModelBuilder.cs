using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Makes a <see cref="LinearFaceModel"/> from face meshes: who people are from many people, what faces do from clips.</summary>
/// <remarks>
/// Every mesh is first freed from its pose by <see cref="Procrustes"/>. The expression basis holds the principal components of
/// the deviations of a clip's frames from the person at rest, the clip's median; the identity basis those of people. A portrait
/// is one frame, so the expression that the model explains in it is taken off before it counts as a person, in rounds. What all
/// portraits share is no deviation, and people smile at cameras: the mean face is brought to the mouth that the clips have at
/// rest by the most probable expression. Mirror images of everything count as well.
/// </remarks>
public sealed class FaceModelBuilder
{
    private const int AlignmentRounds = 3;
    private const int PortraitRounds = 4;
    private const int CalibrationSamples = 4000;

    /// <summary>I, the number of identity coefficients.</summary>
    public int IdentitySize { get; init; } = 20;

    /// <summary>E, the number of expression coefficients.</summary>
    public int ExpressionSize { get; init; } = 28;

    /// <summary>The ridge by which a portrait is split into person and expression.</summary>
    public FaceFitConfig Fit { get; init; } = new();

    /// <summary>Builds the model and calibrates its directions.</summary>
    /// <param name="clips">By person: meshes [M, 468, 3] of that person's frames, M at least 2; x, y in any unit with y down, z towards the camera.</param>
    /// <param name="portraits">[K, 468, 3], one frame of another person each; K may be 0.</param>
    /// <returns>The model; dispose it.</returns>
    /// <exception cref="ArgumentException">No clip, fewer samples than coefficients, or meshes of other shapes.</exception>
    public LinearFaceModel Build(IReadOnlyList<(string Person, Tensor Meshes)> clips, Tensor portraits)
    {
        ArgumentNullException.ThrowIfNull(clips);
        TensorGuard.Shape(portraits, nameof(portraits), TensorGuard.Any, CanonicalFace.PointCount, 3);
        if (clips.Count == 0)
            throw new ArgumentException("Expressions are learned from clips: there is none.", nameof(clips));
        foreach (var (person, meshes) in clips)
            TensorGuard.Shape(meshes, person, TensorGuard.Any, CanonicalFace.PointCount, 3);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var rests = clips.Select(clip => (clip.Person, Shape: RestShape(clip.Meshes))).ToArray();
        var deviations = cat(clips.Zip(rests, (clip, rest) => Align(rest.Shape, clip.Meshes) - rest.Shape).ToArray(), 0);
        var (expression, expressionMirror) = FaceMirror.Basis(deviations, ExpressionSize);
        var people = stack(rests.GroupBy(rest => rest.Person).Select(group => stack(group.Select(rest => rest.Shape).ToArray(), 0).mean([0L])).ToArray(), 0);

        var (mean, identity, identityMirror) = Identities(people, Align(Canonical(), portraits), expression);
        var samples = Samples(deviations, expression);
        var calibration = new ExpressionCalibration(samples, beta => Landmarks(mean, expression, beta));
        if (portraits.size(0) > 0)
        {
            var rest = ExpressionMeasures.Of(Landmarks(people)).mean([0L]);
            mean = mean + matmul(calibration.StepTo(rest, ExpressionMeasures.Mouth).unsqueeze(0), expression.flatten(1)).view(-1, 3);
            calibration = new ExpressionCalibration(samples, beta => Landmarks(mean, expression, beta));
        }
        return new LinearFaceModel(mean, identity, expression, identityMirror, expressionMirror, calibration.Directions());
    }

    private static Tensor Canonical() => tensor(CanonicalFace.Points.ToArray(), [CanonicalFace.PointCount, 3]).to(ScalarType.Float64);

    /// <summary>Meshes with their pose taken off, [M, 468, 3] in centimetres with y up.</summary>
    private static Tensor Align(Tensor reference, Tensor meshes)
    {
        using var scope = NewDisposeScope();
        if (meshes.size(0) == 0)
            return zeros(0, CanonicalFace.PointCount, 3, ScalarType.Float64).MoveToOuterDisposeScope();
        var upright = WeakPerspective.FlipVertical(meshes.to(ScalarType.Float64).cpu());
        return Procrustes.Align(reference, upright, tensor(CanonicalFace.RigidWeights())).Undo(upright).MoveToOuterDisposeScope();
    }

    /// <summary>Median shape of a clip, whose frames are aligned to it in turn: a person's nose is a better guide than a mean nose.</summary>
    private static Tensor RestShape(Tensor meshes)
    {
        using var scope = NewDisposeScope();
        var (canonical, rest) = (Canonical(), Canonical());
        for (int round = 0; round < AlignmentRounds; round++)
            rest = Median(Align(rest, meshes));
        // Back to the place and size of the canonical face, which the rounds may leave a little.
        var place = Procrustes.Align(canonical, rest.unsqueeze(0), tensor(CanonicalFace.RigidWeights()));
        return place.Undo(rest.unsqueeze(0)).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The median of each coordinate over the frames, [468, 3].</summary>
    private static Tensor Median(Tensor shapes)
    {
        using var scope = NewDisposeScope();
        return shapes.sort(0).Values.select(0, shapes.size(0) / 2).clone().MoveToOuterDisposeScope();
    }

    private (Tensor Mean, Tensor Basis, Tensor Mirror) Identities(Tensor people, Tensor portraits, Tensor expression)
    {
        using var scope = NewDisposeScope();
        var shapes = cat([people, portraits], 0);
        int size = Math.Min(IdentitySize, 2 * (int)shapes.size(0));
        var (mean, basis, mirror) = Decompose(shapes);
        for (int round = 0; round < PortraitRounds && portraits.size(0) > 0; round++)
        {
            // The most probable split of a portrait's deviation into person and face, given the bases so far.
            var both = cat([basis, expression], 0).flatten(1);
            var found = matmul((portraits - mean).flatten(1), Fit.Solver(both));
            var face = matmul(found.narrow(1, size, expression.size(0)), expression.flatten(1)).view(-1, CanonicalFace.PointCount, 3);
            (mean, basis, mirror) = Decompose(cat([people, portraits - face], 0));
        }
        return (mean.MoveToOuterDisposeScope(), basis.MoveToOuterDisposeScope(), mirror.MoveToOuterDisposeScope());

        (Tensor, Tensor, Tensor) Decompose(Tensor neutral)
        {
            var centre = neutral.mean([0L], keepdim: true);
            var symmetric = (centre + FaceMirror.Of(centre)) / 2;
            var (directions, signs) = FaceMirror.Basis(neutral - symmetric, size);
            return (symmetric.squeeze(0), directions, signs);
        }
    }

    /// <summary>β of frames as they occur, and of their mirror images by the symmetry of the measures.</summary>
    private Tensor Samples(Tensor deviations, Tensor expression)
    {
        using var scope = NewDisposeScope();
        long stride = Math.Max(1, deviations.size(0) / CalibrationSamples);
        var some = deviations.slice(0, 0, deviations.size(0), stride);
        var both = cat([some, FaceMirror.Of(some)], 0).flatten(1);
        return matmul(both, Fit.Solver(expression.flatten(1))).MoveToOuterDisposeScope();
    }

    private static Tensor Landmarks(Tensor mean, Tensor basis, Tensor expression)
    {
        using var scope = NewDisposeScope();
        return Landmarks(mean + matmul(expression, basis.flatten(1)).view(-1, CanonicalFace.PointCount, 3)).MoveToOuterDisposeScope();
    }

    private static Tensor Landmarks(Tensor shapes)
    {
        using var rows = tensor(CanonicalFace.Landmarks.Select(point => (long)point).ToArray());
        return shapes.index_select(1, rows);
    }
}
