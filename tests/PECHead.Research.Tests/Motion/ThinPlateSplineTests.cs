using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

public sealed class ThinPlateSplineTests
{
    private static readonly ThinPlateSplineConfig Config = new();

    [Fact]
    public void Apply_WithoutCoefficients_IsTheAffineMap()
    {
        using var scope = NewDisposeScope();
        var affine = tensor([1f, 0, 0, 0, 1, 0, 0.5f, 0.1f, 0.2f, -0.1f, 2, -0.3f], [2, 2, 3]);
        var bend = new ThinPlateSpline(affine, zeros(2, 25, 1));
        var points = tensor([0.5f, -0.25f], [1, 1, 2]).expand(2, 1, 2);

        var bent = bend.Apply(points);

        TensorAssert.Close(tensor([0.5f, -0.25f, 0.425f, -0.85f], [2, 1, 2]), bent, 1e-6);
    }

    [Fact]
    public void Warp_ByTheIdentity_GivesTheFrame()
    {
        using var scope = NewDisposeScope();
        var bend = new ThinPlateSpline(eye(2, 3).unsqueeze(0), zeros(1, 25, 1));
        var frame = rand([1, 3, 9, 12]);

        TensorAssert.Close(frame, bend.Warp(frame), 1e-5);
    }

    [Fact]
    public void Warp_MovesWhatIsAtTheBentPositionToThePosition()
    {
        using var scope = NewDisposeScope();
        var bend = new ThinPlateSpline(tensor([1f, 0, 0.5f, 0, 1, 0], [1, 2, 3]), zeros(1, 25, 1));
        var frame = zeros(1, 1, 5, 5);
        frame[0, 0, 2, 3] = tensor(1f);      // at (0.5, 0)

        Assert.Equal(1, bend.Warp(frame)[0, 0, 2, 2].ToSingle(), 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_Jacobian_is_the_derivative_of_the_bend(bool euclidean)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var coefficients = randn([2, 25, 1], ScalarType.Float64, generator: generator) * 0.05;
        var bend = new ThinPlateSpline(randn([2, 2, 3], ScalarType.Float64, generator: generator), coefficients, euclidean);
        var points = ((2 * rand([2, 7, 2], ScalarType.Float64, generator: generator)) - 1).requires_grad_();

        var jacobian = bend.Jacobian(points);

        var bent = bend.Apply(points);
        for (int row = 0; row < 2; row++)
        {
            var slope = autograd.grad([bent.select(2, row).sum()], [points], retain_graph: true)[0];
            TensorAssert.Close(slope, jacobian.select(2, row), 1e-9, $"row {row}");
        }
    }

    [Fact]
    public void A_Euclidean_bend_is_that_of_the_square_of_the_distance()
    {
        using var scope = NewDisposeScope();
        var coefficients = zeros([1, 4, 1], ScalarType.Float64);
        coefficients[0, 0, 0] = tensor(2.0);      // around (-1, -1)
        var bend = new ThinPlateSpline(eye(2, 3, ScalarType.Float64).unsqueeze(0), coefficients, euclidean: true);

        var bent = bend.Apply(tensor([0.0, 1.0], [1, 1, 2]));

        double added = 2 * 5 * Math.Log(5 + 1e-9);
        TensorAssert.Close(tensor([added, 1 + added], [1, 1, 2]), bent, 1e-12);
    }

    [Fact]
    public void Random_FromEqualSeeds_IsEqual_FromOthersIsNot()
    {
        using var scope = NewDisposeScope();
        var points = rand([2, 6, 2]);

        TensorAssert.Close(Draw(5).Apply(points), Draw(5).Apply(points), 0);
        Assert.True((Draw(5).Apply(points) - Draw(6).Apply(points)).abs().max().ToDouble() > 1e-4);
    }

    [Fact]
    public void Apply_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var affine = eye(2, 3, ScalarType.Float64).unsqueeze(0) + 0.1 * randn([1, 2, 3], ScalarType.Float64, generator: generator);
        var bend = new ThinPlateSpline(affine, 0.1 * randn([1, 9, 1], ScalarType.Float64, generator: generator));

        TensorAssert.Gradient(
            points => bend.Apply(points).square().sum(), rand([1, 4, 2], ScalarType.Float64, generator: generator) * 1.5 - 0.7);
    }

    [Fact]
    public void Constructor_WithoutASquareOfControlPoints_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => new ThinPlateSpline(zeros(1, 2, 3), zeros(1, 24, 1)));
    }

    private static ThinPlateSpline Draw(ulong seed)
    {
        using var generator = new Generator(seed);
        return ThinPlateSpline.Random(2, Config, generator, CPU);
    }

    [Fact]
    public void Coefficients_bend_by_their_distance_in_city_blocks()
    {
        using var scope = NewDisposeScope();
        // Control points are the corners, x first; the last, at (1, 1), has a coefficient.
        var bend = new ThinPlateSpline(eye(2, 3).unsqueeze(0), tensor([0f, 0, 0, 0.5f], [1, 4, 1]));

        var bent = bend.Apply(tensor([1f, 1, 0.5f, 0, -1, 0], [1, 3, 2]));

        double[] distances = [0, 1.5, 3];
        float[] expected = [.. distances.Zip([(1.0, 1.0), (0.5, 0.0), (-1.0, 0.0)], (distance, at) =>
        {
            var bump = 0.5 * distance * distance * Math.Log(distance + 1e-6);
            return new[] { (float)(at.Item1 + bump), (float)(at.Item2 + bump) };
        }).SelectMany(point => point)];
        TensorAssert.Close(tensor(expected, [1, 3, 2]), bent, 1e-5);
    }

    [Fact]
    public void Random_bends_depart_from_the_identity_as_far_as_the_configuration_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var config = new ThinPlateSplineConfig { AffineDeviation = 0.05, CoefficientDeviation = 0, ControlPointsPerSide = 3 };
        var moved = ThinPlateSpline.Random(4000, config, generator, CPU).Apply(tensor([0f, 0, 1, 0], [1, 2, 2]));

        TensorAssert.Close(tensor([0f, 0, 1, 0], [2, 2]), moved.mean([0]), 0.005, "mean");
        // The shift alone at the origin; shift and one column of the matrix at (1, 0).
        TensorAssert.Close(tensor([0.05f, 0.05f, 0.0707f, 0.0707f], [2, 2]), moved.std(0), 0.004, "deviation");

        var bent = ThinPlateSpline.Random(4000, config with { AffineDeviation = 0, CoefficientDeviation = 0.01 }, generator, CPU).Apply(zeros(1, 1, 2));
        // Distances of the middle of 3 x 3 control points: 2 at four corners, 1 at four sides, 0.
        var deviation = 0.01 * Math.Sqrt(4) * 4 * Math.Log(2);
        Assert.InRange(bent.std(0).mean().ToDouble(), deviation * 0.95, deviation * 1.05);
    }
}
