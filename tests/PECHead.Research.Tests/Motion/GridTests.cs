using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

public sealed class GridTests
{
    [Fact]
    public void CoordinateGrid_RunsFromMinusOneToOne_XFirst()
    {
        using var scope = NewDisposeScope();
        var grid = CoordinateGrid.Create(2, 3, ScalarType.Float32, CPU);

        TensorAssert.Close(tensor([-1f, -1, 0, -1, 1, -1, -1, 1, 0, 1, 1, 1], [2, 3, 2]), grid, 1e-6);
    }

    [Fact]
    public void GaussianHeatmap_IsTheGaussianOfTheDistance()
    {
        using var scope = NewDisposeScope();
        var points = new Keypoints(tensor([-0.5f, 0.25f, 0.9f, -1f], [1, 2, 2]));
        var grid = CoordinateGrid.Create(7, 9, ScalarType.Float32, CPU);
        var distance = (grid - points.Positions.reshape(1, 2, 1, 1, 2)).square().sum(-1);

        TensorAssert.Close((distance / (-2 * 0.01)).exp(), GaussianHeatmap.Render(points, 7, 9, 0.01), 1e-6);
    }

    [Fact]
    public void GaussianHeatmap_AtItsPoint_IsOne()
    {
        using var scope = NewDisposeScope();
        var maps = GaussianHeatmap.Render(new Keypoints(tensor([0.5f, -0.5f], [1, 1, 2])), 5, 5, 0.01);

        Assert.Equal(1, maps[0, 0, 1, 3].ToSingle());
    }

    [Fact]
    public void SparseMotion_OfEqualPoints_IsTheIdentity()
    {
        using var scope = NewDisposeScope();
        var points = new Keypoints(rand([2, 3, 2]) * 2 - 1);
        var identity = CoordinateGrid.Create(4, 5, ScalarType.Float32, CPU).expand(2, 4, 4, 5, 2);

        TensorAssert.Close(identity, SparseMotion.FromKeypoints(points, points, 4, 5), 0);
    }

    [Fact]
    public void SparseMotion_OfPointsMovedByASimilarity_IsThatSimilarityForEveryPoint()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        var transform = SimilarityTransform.Random(3, new SimilarityTransformConfig { AngleDeviation = 0.5, LogScaleDeviation = 0.4, ShiftDeviation = 0.3 }, generator, CPU);
        var driving = new Keypoints(rand([3, 6, 2], generator: generator) * 2 - 1);
        var expected = transform.Apply(CoordinateGrid.Create(4, 5, ScalarType.Float32, CPU).reshape(1, 20, 2).expand(3, 20, 2)).reshape(3, 1, 4, 5, 2);

        var motion = SparseMotion.FromKeypoints(transform.Apply(driving), driving, 4, 5, ProposalKind.Similarity);

        TensorAssert.Close(expected.expand(3, 6, 4, 5, 2), motion.narrow(1, 1, 6), 1e-5);
    }

    [Theory]
    [InlineData(ProposalKind.Shift)]
    [InlineData(ProposalKind.Similarity)]
    public void SparseMotion_AtADrivingPoint_LooksAtTheSourcePoint(ProposalKind kind)
    {
        using var scope = NewDisposeScope();
        var source = new Keypoints(tensor([-0.5f, 0.5f], [1, 1, 2]));
        var driving = new Keypoints(tensor([0f, 1f], [1, 1, 2]));

        var motion = SparseMotion.FromKeypoints(source, driving, 3, 3, kind);

        TensorAssert.Close(tensor([-0.5f, 0.5f]), motion[0, 1, 2, 1], 1e-6);     // pixel of (0, 1)
        TensorAssert.Close(tensor([0f, 1f]), motion[0, 0, 2, 1], 1e-6);          // the background stays
    }
}
