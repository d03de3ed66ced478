using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

/// <summary>
/// A reconstructor that looks at the frames instead of the meshes: the "face" of a frame lies where its light is, and its expression is its colour. Black
/// frames have none. Landmarks are an ellipse that the coefficients move and bend.
/// </summary>
internal sealed class DrawnReconstructor : IFaceReconstructor
{
    private const int Landmarks68 = 68;

    public string Name => "mesh";

    public int IdentitySize => 2;

    public int ExpressionSize => 3;

    public int PointCount => Landmarks68;

    public IReadOnlyList<(int A, int B, int C)> Triangles => [];

    public ExpressionDirections Directions { get; } = new([new("smile", new ExpressionDirection([1, 0, 0], [1, 0, 0]))]);

    /// <summary>Observes with the drawn faces: no networks.</summary>
    public static FaceObserver Observer(DrawnReconstructor? reconstructor = null) => new(new NoFinder(), reconstructor ?? new DrawnReconstructor());

    /// <summary>Frames that were looked at.</summary>
    public long Looked { get; private set; }

    public FaceCoefficients Fit(Tensor frames, FaceMeshes found)
    {
        Looked += frames.size(0);
        return Faces(frames);
    }

    /// <summary>The drawn faces of frames.</summary>
    public static FaceCoefficients Faces(Tensor frames)
    {
        using var scope = NewDisposeScope();
        long n = frames.size(0), side = frames.size(2);
        var light = frames.mean([1]) + 1e-6;                                     // [N, S, S]
        var axis = linspace(-1, 1, side);
        var total = light.sum([1, 2]);
        var x = (light.sum(1) * axis).sum(1) / total;
        var y = (light.sum(2) * axis).sum(1) / total;
        var colour = frames.mean([2, 3]);                                        // [N, 3]
        var score = (colour.mean([1]) > 0.01).to(ScalarType.Float32);
        return new FaceCoefficients(
            colour.narrow(1, 0, 2) - 0.5, colour - 0.5, stack([y * 0.1, x * 0.1, x - y], 1), zeros(n, 3), stack([x * 0.1, x, y], 1), score)
            .MoveToOuterDisposeScope();
    }

    public Tensor Landmarks(FaceCoefficients coefficients) => Points(coefficients).narrow(2, 0, 2);

    public Tensor Points(FaceCoefficients coefficients, IReadOnlyList<int>? points = null)
    {
        using var scope = NewDisposeScope();
        var turn = linspace(0, 2 * Math.PI, Landmarks68);
        var width = 0.4 + (0.1 * coefficients.Identity.narrow(1, 0, 1)) + (0.1 * coefficients.Expression.narrow(1, 0, 1));
        var height = 0.5 + (0.1 * coefficients.Identity.narrow(1, 1, 1)) + (0.1 * coefficients.Expression.narrow(1, 1, 1));
        var scale = coefficients.Crop.narrow(1, 0, 1).exp();
        var angle = turn - coefficients.Angles.narrow(1, 2, 1);
        var x = coefficients.Crop.narrow(1, 1, 1) + (scale * width * angle.cos());
        var y = coefficients.Crop.narrow(1, 2, 1) + (scale * height * angle.sin());
        return stack([x, y, zeros_like(x)], -1).MoveToOuterDisposeScope();
    }

    public FaceCoefficients Mirror(FaceCoefficients coefficients) => coefficients.WithMirroredPose();

    public FaceCoefficients Neutral(long count, Device device)
        => new(zeros(count, 2), zeros(count, 3), zeros(count, 3), zeros(count, 3), zeros(count, 3), zeros(count));

    public void Dispose()
    {
    }

    /// <summary>Finds nothing: the reconstructor does not need it.</summary>
    private sealed class NoFinder : IFaceFinder
    {
        public FaceMeshes Find(Tensor frames)
        {
            var count = (int)frames.size(0);
            return new FaceMeshes(zeros(count, FaceMesh.PointCount, 3), new float[count], new FaceCrop?[count], new DetectedFace?[count]);
        }

        public Tensor Describe(Tensor frames, FaceMeshes found) => zeros(frames.size(0), 1024);

        public void Dispose()
        {
        }
    }
}
