using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>The linear shape model of a face: V = mean + identity · α + expression · β, in decimetres, y up, z out of the face.</summary>
/// <remarks>
/// <b>Paper:</b> Basel Face Model (Paysan et al. 2009) with the expressions of Guo et al., cut to the front of the head, as
/// Deng et al. 2019 use it: 35709 points, 80 identity and 64 expression coefficients. Sizes are taken from the file.
/// Texture is not read: nothing here draws faces.
/// </remarks>
internal sealed class BaselFaceModel : IDisposable
{
    /// <summary>Number of landmarks.</summary>
    public const int LandmarkCount = 68;

    /// <summary>Takes tables.</summary>
    /// <param name="mean">[P, 3] float32; is moved so that its mean point is the origin.</param>
    /// <param name="identity">[I, 3·P] float32.</param>
    /// <param name="expression">[E, 3·P] float32.</param>
    /// <param name="triangles">Between points, counted from 0.</param>
    /// <param name="landmarks">The 68 points of the iBUG scheme, counted from 0.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or a number leaves the points.</exception>
    public BaselFaceModel(
        Tensor mean, Tensor identity, Tensor expression, IReadOnlyList<(int A, int B, int C)> triangles, IReadOnlyList<int> landmarks)
    {
        TensorGuard.Shape(mean, nameof(mean), TensorGuard.Any, 3);
        TensorGuard.Shape(identity, nameof(identity), TensorGuard.Any, mean.numel());
        TensorGuard.Shape(expression, nameof(expression), TensorGuard.Any, mean.numel());
        ArgumentNullException.ThrowIfNull(triangles);
        ArgumentNullException.ThrowIfNull(landmarks);
        int points = (int)mean.size(0);
        if (landmarks.Count != LandmarkCount || landmarks.Any(point => point < 0 || point >= points))
            throw new ArgumentException($"{LandmarkCount} landmarks among {points} points are expected.", nameof(landmarks));
        if (triangles.Any(t => Math.Min(t.A, Math.Min(t.B, t.C)) < 0 || Math.Max(t.A, Math.Max(t.B, t.C)) >= points))
            throw new ArgumentException($"A triangle leaves the {points} points.", nameof(triangles));
        using var scope = NewDisposeScope();
        Mean = (mean - mean.mean([0], keepdim: true)).DetachFromDisposeScope();
        Identity = identity.alias().DetachFromDisposeScope();
        Expression = expression.alias().DetachFromDisposeScope();
        Triangles = FrontFacing(triangles);
        Landmarks = [.. landmarks];
    }

    /// <summary>Number of points.</summary>
    public int PointCount => (int)Mean.size(0);

    /// <summary>[P, 3], centred.</summary>
    public Tensor Mean { get; }

    /// <summary>[I, 3·P]: x, y, z of the first point, then of the second, and so on.</summary>
    public Tensor Identity { get; }

    /// <summary>[E, 3·P].</summary>
    public Tensor Expression { get; }

    /// <summary>Triangles, counter-clockwise seen from outside.</summary>
    public IReadOnlyList<(int A, int B, int C)> Triangles { get; }

    /// <summary>The 68 landmarks as numbers of points.</summary>
    public IReadOnlyList<int> Landmarks { get; }

    /// <summary>Loads the model from the one file or from its parts, whichever a folder has.</summary>
    /// <param name="folder">Folder; null: that of <see cref="BaselFiles.FolderVariable"/>.</param>
    /// <returns>The model, on the CPU.</returns>
    /// <exception cref="DataException">Files are missing, or do not fit together; the message says what to do.</exception>
    /// <exception cref="CheckpointFormatException">A file is damaged.</exception>
    public static BaselFaceModel Load(string? folder = null)
    {
        folder = BaselFiles.Folder(folder);
        if (BaselFiles.Find(folder, BaselFiles.Model) is { } whole)
            return BaselModelFile.Read(whole);
        if (BaselFiles.Parts.Any(part => BaselFiles.Find(folder, part) is not null))
            return BaselModelParts.Read(BaselFiles.Require(folder, BaselFiles.Parts));
        BaselFiles.Require(folder, [BaselFiles.Model, .. BaselFiles.Parts]);
        throw new InvalidOperationException("Not reached: files are missing.");
    }

    /// <summary>Points of faces that look straight ahead, differentiable in the coefficients.</summary>
    /// <param name="identity">α [N, I].</param>
    /// <param name="expression">β [N, E].</param>
    /// <param name="points">Which points; null for all.</param>
    /// <returns>[N, P, 3], decimetres, in the type and on the device of <paramref name="identity"/>.</returns>
    /// <exception cref="ArgumentException">Other sizes, or a point that is not there.</exception>
    public Tensor Shape(Tensor identity, Tensor expression, IReadOnlyList<int>? points = null)
    {
        TensorGuard.Shape(identity, nameof(identity), TensorGuard.Any, Identity.size(0));
        TensorGuard.Shape(expression, nameof(expression), identity.size(0), Expression.size(0));
        using var scope = NewDisposeScope();
        var (mean, identityBasis, expressionBasis) = (Mean, Identity, Expression);
        if (points is not null)
        {
            if (points.Any(point => point < 0 || point >= PointCount))
                throw new ArgumentException($"The model has the points 0 to {PointCount - 1}.", nameof(points));
            var indices = tensor(points.Select(point => (long)point).ToArray());
            mean = mean.index_select(0, indices);
            identityBasis = Columns(identityBasis, indices);
            expressionBasis = Columns(expressionBasis, indices);
        }

        var offsets = identity.matmul(Like(identityBasis, identity)) + expression.to(identity.dtype).matmul(Like(expressionBasis, identity));
        return (offsets.view(identity.size(0), -1, 3) + Like(mean, identity)).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the tables.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Identity.Dispose();
        Expression.Dispose();
    }

    private static Tensor Columns(Tensor basis, Tensor points) =>
        basis.view(basis.size(0), -1, 3).index_select(1, points).flatten(1);

    private static Tensor Like(Tensor table, Tensor other) => table.to(other.dtype).to(other.device);

    // Files may wind either way; the face looks along +z, so most normals of the mean must point there.
    private IReadOnlyList<(int A, int B, int C)> FrontFacing(IReadOnlyList<(int A, int B, int C)> triangles)
    {
        var mean = Mean.contiguous().data<float>().ToArray();
        double area = triangles.Sum(t =>
            ((double)(mean[3 * t.B] - mean[3 * t.A]) * (mean[(3 * t.C) + 1] - mean[(3 * t.A) + 1]))
            - ((double)(mean[(3 * t.B) + 1] - mean[(3 * t.A) + 1]) * (mean[3 * t.C] - mean[3 * t.A])));
        return area < 0 ? [.. triangles.Select(t => (t.A, t.C, t.B))] : [.. triangles];
    }
}
