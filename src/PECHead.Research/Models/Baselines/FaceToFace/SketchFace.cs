using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>What Face2Face-ρ is told of a face.</summary>
/// <param name="Points">72 landmarks [N, 72, 2], (x, y) in [-1, 1]; the ends are the centres of the border pixels.</param>
/// <param name="Pose">[N, 6]: the turn of the head as an axis times its angle in radians, place x and y in the frame, scale.</param>
/// <remarks>
/// <b>Paper:</b> Face2Face-ρ, Sec. 3.1: points and pose of a face model that the authors fit with a program of their own, which is not published.
/// <b>Choice:</b> ours are the 68 landmarks of any reconstructor. The authors' order has the same points; their eyes have three points on each lid, which lie at quarters of the
/// cubic through corner, two points and corner of ours. x points right, y up and z to the camera for the turn; the place is that of the face's origin, y down; the
/// scale is half frames per millimetre.
/// </remarks>
internal sealed record SketchFace(Tensor Points, Tensor Pose) : MotionState
{
    /// <summary>Landmarks of a face.</summary>
    public const int PointCount = 72;

    /// <summary>Numbers of a pose.</summary>
    public const int PoseSize = 6;

    private const int LandmarkCount = 68;
    private const double Millimetres = 100;    // in the ten centimetres of a crop's scale
    private const double Straight = 1e-6;

    private static readonly float[] Weights = Combined();

    /// <inheritdoc/>
    public override Keypoints? Keypoints => new(Points);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Points, Pose];

    /// <summary>Converts what a reconstructor says.</summary>
    /// <param name="face">68 landmarks and a pose of nine numbers.</param>
    /// <param name="name">Name of the argument, for messages.</param>
    /// <exception cref="ArgumentException">Another number of landmarks or of pose numbers.</exception>
    public static SketchFace Of(FaceState face, string name)
    {
        TensorGuard.Shape(face.Pose, name, TensorGuard.Some, FaceCoefficients.PoseSize);
        TensorGuard.Shape(face.Landmarks.Positions, name, face.Count, LandmarkCount, 2);
        using var scope = NewDisposeScope();
        var landmarks = face.Landmarks.Positions;
        // A sum and not a matrix product, which mixed precision would narrow.
        var weights = tensor(Weights, [1, PointCount, LandmarkCount, 1], landmarks.dtype, landmarks.device);
        var points = (weights * landmarks.unsqueeze(1)).sum([2L]);
        var (angles, crop) = (face.Pose.narrow(1, 0, 3), face.Pose.narrow(1, 6, 3));
        var pose = cat([Turn(EulerAngles.ToMatrix(angles)), crop.narrow(1, 1, 2), crop.narrow(1, 0, 1).exp() / Millimetres], 1);
        return new SketchFace(points, pose).MoveToOuterDisposeScope();
    }

    // The axis times the angle; half a turn, which no head makes, counts as none.
    private static Tensor Turn(Tensor rotation)
    {
        Tensor At(int row, int column) => rotation.select(1, row).select(1, column);
        var cosine = (At(0, 0) + At(1, 1) + At(2, 2) - 1) / 2;
        var axis = stack([At(2, 1) - At(1, 2), At(0, 2) - At(2, 0), At(1, 0) - At(0, 1)], 1) / 2;    // times the sine
        var sine = axis.square().sum([1L]).sqrt();
        var small = sine < Straight;
        return axis * where(small, ones_like(sine), atan2(sine, cosine) / where(small, ones_like(sine), sine)).unsqueeze(1);
    }

    private static float[] Combined()
    {
        var weights = new float[PointCount * LandmarkCount];
        void Same(int point, params ReadOnlySpan<int> landmarks)
        {
            foreach (int landmark in landmarks) weights[(point++ * LandmarkCount) + landmark] = 1;
        }
        // Three points between the corners of a lid.
        void Lid(int point, params ReadOnlySpan<int> landmarks)
        {
            for (int quarter = 1; quarter < 4; quarter++, point++)
                for (int i = 0; i < 4; i++) weights[(point * LandmarkCount) + landmarks[i]] = (float)Cubic(quarter / 4.0, i);
        }

        Same(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 15, 14, 13, 12, 11, 10, 9);                            // contour: left, then right, from above
        Same(17, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35);         // brows and nose
        Same(36, 36);                                                                               // eyes from the outer corners
        Lid(37, 36, 37, 38, 39);
        Same(40, 39);
        Lid(41, 39, 40, 41, 36);
        Same(44, 45);
        Lid(45, 45, 44, 43, 42);
        Same(48, 42);
        Lid(49, 42, 47, 46, 45);
        Same(52, 48, 50, 49, 60, 61, 54, 52, 53, 64, 63, 51, 62, 65, 55, 56, 67, 59, 58, 66, 57);      // lips
        return weights;
    }

    // Lagrange's polynomial that is 1 at i/3 and 0 at the other thirds.
    private static double Cubic(double at, int i) =>
        Enumerable.Range(0, 4).Where(other => other != i).Aggregate(1.0, (product, other) => product * ((3 * at) - other) / (i - other));
}
