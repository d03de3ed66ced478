using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>What the reconstructor R finds in N frames: who it is, which face they make, and where the head is.</summary>
/// <param name="Identity">α [N, I]: shape of the person, in units of the model's identity basis.</param>
/// <param name="Expression">β [N, E]: deviation of this face from the person's own, in units of the expression basis; e of Eq. 1.</param>
/// <param name="Angles">[N, 3] in radians: pitch (positive looks down), yaw (positive turns the nose to the right of the
/// picture), roll (positive is counter-clockwise in the picture). See <see cref="EulerAngles"/> for their order.</param>
/// <param name="Translation">[N, 3], (x right, y up, z towards the camera) in units of the reconstructor's camera space;
/// zeros where its camera is weakly perspective.</param>
/// <param name="Crop">[N, 3]: (log scale, x, y). x, y in [-1, 1] of the frame (y down; the ends are pixel centres) is where
/// the origin of the face stands, exp(log scale) is half frames per ten centimetres of the face (per unit of the camera's
/// image plane for a perspective camera).</param>
/// <param name="Score">[N] in [0, 1]: how sure the detector is that there is a face; 0 for a frame without one, whose other
/// values are then those of a mean face in the middle of the frame.</param>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 1: R(x) gives pose p and expression e, and landmarks of the driving frame are computed with the
/// identity of the source (Sec. 3.1), see <see cref="WithMotionOf"/>.
/// <b>Choice:</b> p = angles, translation, crop, as PIRenderer conditions on the same reconstructor. The crop is needed
/// because reconstructors normalise position and size away.
/// </remarks>
public sealed record FaceCoefficients(
    Tensor Identity, Tensor Expression, Tensor Angles, Tensor Translation, Tensor Crop, Tensor Score) : ITensorRecord, IDisposable
{
    /// <summary>Size of the last dimension of <see cref="Pose"/>.</summary>
    public const int PoseSize = 9;

    /// <summary>N, the number of frames.</summary>
    public long Count => Identity.size(0);

    /// <summary>p of Eq. 1: [N, 9], angles, translation and crop side by side. A new tensor of the surrounding dispose scope.</summary>
    public Tensor Pose => cat([Angles, Translation, Crop], 1);

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => Parts;

    private Tensor[] Parts => [Identity, Expression, Angles, Translation, Crop, Score];

    /// <summary>Coefficients from p and e, for editing: the inverse of <see cref="Pose"/>.</summary>
    /// <param name="identity">[N, I].</param>
    /// <param name="expression">[N, E].</param>
    /// <param name="pose">[N, 9], as <see cref="Pose"/> gives it.</param>
    /// <param name="score">[N].</param>
    /// <returns>Views of the arguments.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static FaceCoefficients FromPose(Tensor identity, Tensor expression, Tensor pose, Tensor score)
    {
        TensorGuard.Shape(identity, nameof(identity), TensorGuard.Any, TensorGuard.Any);
        TensorGuard.Shape(pose, nameof(pose), identity.size(0), PoseSize);
        return new FaceCoefficients(identity, expression, pose.narrow(1, 0, 3), pose.narrow(1, 3, 3), pose.narrow(1, 6, 3), score).Checked();
    }

    /// <summary>Joins batches in order.</summary>
    /// <param name="batches">At least one; equal sizes but for N.</param>
    public static FaceCoefficients Concatenate(IReadOnlyList<FaceCoefficients> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentOutOfRangeException.ThrowIfZero(batches.Count, nameof(batches));
        foreach (var batch in batches)
        {
            Require(batch, nameof(batches));
            TensorGuard.Shape(batch.Identity, $"{nameof(batches)}.{nameof(Identity)}", TensorGuard.Any, batches[0].Identity.size(1));
            TensorGuard.Shape(batch.Expression, $"{nameof(batches)}.{nameof(Expression)}", TensorGuard.Any, batches[0].Expression.size(1));
        }
        return Of(part => cat(batches.Select(batch => batch.Parts[part]).ToArray(), 0));
    }

    /// <summary>Throws unless the six tensors have the documented shapes.</summary>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape.</exception>
    public FaceCoefficients Checked()
    {
        Require(string.Empty);
        return this;
    }

    /// <summary>Checks coefficients that a caller gave; names the part that does not fit.</summary>
    /// <param name="coefficients">What to check.</param>
    /// <param name="name">Name of the argument.</param>
    /// <exception cref="ArgumentException">A part is absent, disposed, or of another shape or type than the rest.</exception>
    internal static void Require(FaceCoefficients coefficients, string name)
    {
        ArgumentNullException.ThrowIfNull(coefficients, name);
        coefficients.Require($"{name}.");
    }

    private void Require(string prefix)
    {
        TensorGuard.Shape(Identity, prefix + nameof(Identity), TensorGuard.Any, TensorGuard.Any);
        Like(Expression, prefix + nameof(Expression), TensorGuard.Any);
        Like(Angles, prefix + nameof(Angles), 3);
        Like(Translation, prefix + nameof(Translation), 3);
        Like(Crop, prefix + nameof(Crop), 3);
        TensorGuard.Shape(Score, prefix + nameof(Score), Count);

        void Like(Tensor part, string name, long width)
        {
            TensorGuard.Shape(part, name, Count, width);
            TensorGuard.Same(part, name, Identity, prefix + nameof(Identity));
        }
    }

    /// <summary>The person of these frames moving as in <paramref name="driving"/>: identity from here, all else from there.</summary>
    /// <param name="driving">As many frames as here, or any number if here is one.</param>
    /// <returns>Coefficients of the size of <paramref name="driving"/>, sharing its tensors.</returns>
    /// <remarks><b>Paper:</b> PECHead, Sec. 3.1: the driving landmarks carry the source's identity, so that only motion is transferred.</remarks>
    /// <exception cref="ArgumentException">The numbers of frames do not fit.</exception>
    public FaceCoefficients WithMotionOf(FaceCoefficients driving)
    {
        Require(nameof(FaceCoefficients) + ".");
        Require(driving, nameof(driving));
        if (Count != 1 && Count != driving.Count)
            throw new ArgumentException($"{Count} sources cannot take the motion of {driving.Count} driving frames.", nameof(driving));
        return driving with { Identity = Identity.expand(driving.Count, Identity.size(1)) };
    }

    /// <summary>All frames with the same identity: the mean weighted by score, which a clip of one person should have.</summary>
    public FaceCoefficients WithMeanIdentity()
    {
        Require(nameof(FaceCoefficients) + ".");
        using var scope = NewDisposeScope();
        var weight = (Score + 1e-6).unsqueeze(1);   // a clip without any face keeps its plain mean
        var mean = (Identity * weight).sum(0, keepdim: true) / weight.sum();
        return this with { Identity = mean.expand(Count, Identity.size(1)).contiguous().MoveToOuterDisposeScope() };
    }

    /// <summary>
    /// The coefficients that the same reconstructor would find in the frame moved by z ↦ scale · Rot(angle) · z + shift,
    /// in closed form and differentiable: for augmentation and for equivariance.
    /// </summary>
    /// <param name="angle">[N] radians, counter-clockwise in the picture.</param>
    /// <param name="logScale">[N], the logarithm of scale.</param>
    /// <param name="shift">[N, 2], (x, y) in half frames, y down.</param>
    /// <remarks>Rotation in the image plane is the outermost of <see cref="EulerAngles"/>: it adds to the roll and nothing else.</remarks>
    public FaceCoefficients Transformed(Tensor angle, Tensor logScale, Tensor shift)
    {
        Require(nameof(FaceCoefficients) + ".");
        TensorGuard.Shape(angle, nameof(angle), Count);
        TensorGuard.Shape(logScale, nameof(logScale), Count);
        TensorGuard.Shape(shift, nameof(shift), Count, 2);
        using var scope = NewDisposeScope();
        var (cos, sin, scale) = (angle.cos(), angle.sin(), logScale.exp());
        var (tx, ty, tz) = (Translation.select(1, 0), Translation.select(1, 1), Translation.select(1, 2));
        var (x, y) = (Crop.select(1, 1), Crop.select(1, 2));
        return (this with
        {
            Angles = stack([Angles.select(1, 0), Angles.select(1, 1), EulerAngles.Wrap(Angles.select(1, 2) + angle)], 1).MoveToOuterDisposeScope(),
            Translation = stack([(cos * tx) - (sin * ty), (sin * tx) + (cos * ty), tz], 1).MoveToOuterDisposeScope(),
            Crop = stack(
            [
                Crop.select(1, 0) + logScale,
                (scale * ((cos * x) + (sin * y))) + shift.select(1, 0),   // y points down: the sine changes sides
                (scale * ((cos * y) - (sin * x))) + shift.select(1, 1),
            ], 1).MoveToOuterDisposeScope(),
        });
    }

    /// <summary>The head as in the horizontally flipped frame, with the face unchanged; <see cref="IFaceReconstructor.Mirror"/> flips the face too.</summary>
    public FaceCoefficients WithMirroredPose()
    {
        Require(nameof(FaceCoefficients) + ".");
        using var scope = NewDisposeScope();
        var flip = tensor(new[] { 1f, -1f, -1f }, device: Angles.device).to(Angles.dtype);
        var flipX = tensor(new[] { -1f, 1f, 1f }, device: Angles.device).to(Angles.dtype);
        var flipMiddle = tensor(new[] { 1f, -1f, 1f }, device: Angles.device).to(Angles.dtype);
        return this with
        {
            Angles = (Angles * flip).MoveToOuterDisposeScope(),
            Translation = (Translation * flipX).MoveToOuterDisposeScope(),
            Crop = (Crop * flipMiddle).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>Frames by number, in the order asked for.</summary>
    /// <param name="indices">[M] int64.</param>
    public FaceCoefficients Select(Tensor indices)
    {
        Require(nameof(FaceCoefficients) + ".");
        TensorGuard.Rows(indices, nameof(indices), Count);
        return Of(part => Parts[part].index_select(0, indices));
    }

    /// <summary>Neighbouring frames, as views.</summary>
    /// <param name="start">First frame.</param>
    /// <param name="count">How many.</param>
    public FaceCoefficients Slice(long start, long count)
    {
        Require(nameof(FaceCoefficients) + ".");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        return Of(part => Parts[part].narrow(0, start, count));
    }

    /// <summary>A copy on another device, or this one's tensors where they are there already.</summary>
    /// <param name="device">Target.</param>
    public FaceCoefficients To(Device device) => Of(part => Parts[part].to(device));

    /// <summary>A copy of another floating type.</summary>
    /// <param name="type">Target.</param>
    public FaceCoefficients To(ScalarType type) => Of(part => Parts[part].to(type));

    /// <summary>A copy of its own memory.</summary>
    public FaceCoefficients Copy() => Of(part => Parts[part].clone());

    /// <summary>The same values cut off from the gradient.</summary>
    public FaceCoefficients Detach() => Of(part => Parts[part].detach());

    /// <summary>Disposes the six tensors, also where other coefficients share them.</summary>
    public void Dispose() => this.Free();

    private static FaceCoefficients Of(Func<int, Tensor> part) => new(part(0), part(1), part(2), part(3), part(4), part(5));
}
