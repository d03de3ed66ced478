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
}
