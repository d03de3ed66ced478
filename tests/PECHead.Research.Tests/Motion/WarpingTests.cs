using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

public sealed class WarpingTests
{
    private static readonly Generator Random = new(11);

    [Fact]
    public void Sample_WithTheIdentity_GivesTheInput()
    {
        using var scope = NewDisposeScope();
        var image = rand([2, 3, 6, 9], generator: Random);

        TensorAssert.Close(image, Warping.Sample(image, Identity(2, 6, 9), alignCorners: true), 1e-5);
    }

    [Fact]
    public void Sample_WithOtherCorners_DoesNotGiveTheInput()
    {
        using var scope = NewDisposeScope();
        var image = rand([1, 1, 6, 6], generator: Random);

        var sampled = Warping.Sample(image, Identity(1, 6, 6), alignCorners: false);

        Assert.True((sampled - image).abs().max().ToDouble() > 0.01);
    }

    [Fact]
    public void Sample_OnePixelToTheRight_ShiftsTheImageToTheLeft()
    {
        using var scope = NewDisposeScope();
        var image = rand([1, 2, 5, 5], generator: Random);
        var shifted = Identity(1, 5, 5) + tensor([2f / 4, 0f]);

        var sampled = Warping.Sample(image, shifted, alignCorners: true);

        TensorAssert.Close(image.narrow(3, 1, 4), sampled.narrow(3, 0, 4), 1e-5);
        TensorAssert.Close(zeros(1, 2, 5), sampled.select(3, 4), 1e-5);
    }

    [Fact]
    public void Sample_OfHalfPrecision_KeepsItsTypeAndThePositionsTheirs()
    {
        using var scope = NewDisposeScope();
        var image = rand([1, 3, 64, 64], generator: Random).to(ScalarType.BFloat16);

        var sampled = Warping.Sample(image, Identity(1, 64, 64), alignCorners: true);

        Assert.Equal(ScalarType.BFloat16, sampled.dtype);
        TensorAssert.Close(image, sampled, 0.004);      // one rounding of bfloat16
    }

    [Fact]
    public void Blend_WhereAllIsVisible_IsThePureWarp()
    {
        using var scope = NewDisposeScope();
        var features = rand([2, 3, 8, 8], generator: Random);
        var deformation = Identity(2, 8, 8) + 0.1;
        var motion = new MotionField(deformation, ones(2, 1, 8, 8), zeros(1));

        TensorAssert.Close(
            Warping.Sample(features, deformation, alignCorners: true), Warping.Blend(features, motion, alignCorners: true), 1e-6);
    }

    [Fact]
    public void Blend_WhereNothingIsVisible_IsTheUnwarpedFeature()
    {
        using var scope = NewDisposeScope();
        var features = rand([2, 3, 8, 8], generator: Random);
        var motion = new MotionField(Identity(2, 8, 8) + 0.3, zeros(2, 1, 8, 8), zeros(1));

        TensorAssert.Close(features, Warping.Blend(features, motion, alignCorners: true), 0);
    }

    [Fact]
    public void Blend_WithoutMotion_IsTheIdentityWhateverTheOcclusion()
    {
        using var scope = NewDisposeScope();
        var features = rand([1, 3, 16, 16], generator: Random);
        var motion = new MotionField(Identity(1, 8, 8), rand([1, 1, 8, 8], generator: Random), zeros(1));

        TensorAssert.Close(features, Warping.Blend(features, motion, alignCorners: true), 1e-5);
    }

    [Fact]
    public void ResizeDeformation_OfTheIdentity_IsTheIdentity()
    {
        using var scope = NewDisposeScope();

        TensorAssert.Close(Identity(1, 12, 20), Warping.ResizeDeformation(Identity(1, 5, 7), 12, 20), 1e-6);
    }

    [Fact]
    public void Sample_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        var image = rand([1, 2, 4, 4], ScalarType.Float64, generator: Random);
        var deformation = rand([1, 3, 3, 2], ScalarType.Float64, generator: Random) * 1.4 - 0.7;

        TensorAssert.Gradient(x => Warping.Sample(x, deformation, alignCorners: true).square().sum(), image);
        TensorAssert.Gradient(x => Warping.Sample(image, x, alignCorners: true).square().sum(), deformation);
    }

    private static Tensor Identity(long n, long height, long width) =>
        CoordinateGrid.Create(height, width, ScalarType.Float32, CPU).expand(n, height, width, 2);

    [Fact]
    public void Flow_in_pixels_becomes_places_with_pixel_centres_at_the_ends()
    {
        using var scope = NewDisposeScope();
        // 5 columns are 4 steps from -1 to 1, 3 rows are 2.
        var flow = tensor([1f, -0.5f]).expand(1, 3, 5, 2);

        TensorAssert.Close(Identity(1, 3, 5) + tensor([0.5f, -0.5f]), Warping.FlowDeformation(flow, 3, 5), 1e-6);
        TensorAssert.Close(Identity(1, 6, 5) + tensor([0.5f, -0.5f]), Warping.FlowDeformation(flow, 6, 5), 1e-6, "twice the rows");
    }

    [Theory]
    [InlineData(4, 9)]
    [InlineData(7, 6)]
    [InlineData(4, 6)]
    public void Maps_are_resized_whichever_side_differs(int height, int width)
    {
        using var scope = NewDisposeScope();
        var map = CoordinateGrid.Create(4, 6, ScalarType.Float32, CPU).permute(2, 0, 1).unsqueeze(0);
        var expected = CoordinateGrid.Create(height, width, ScalarType.Float32, CPU);

        TensorAssert.Close(expected.permute(2, 0, 1).unsqueeze(0), Warping.ResizeMap(map, height, width), 1e-6);
        TensorAssert.Close(expected.unsqueeze(0), Warping.ResizeDeformation(map.permute(0, 2, 3, 1), height, width), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => Warping.ResizeMap(map, 0, width));
    }

    [Fact]
    public void A_place_that_is_no_number_shows_nothing_with_zeros_and_is_refused_with_any_other_padding()
    {
        using var scope = NewDisposeScope();
        var places = full([1, 1, 1, 2], double.NaN, ScalarType.Float32);

        Assert.True(Warping.Sample(ones(1, 1, 4, 4), places, alignCorners: true).ToDouble() is 0 or double.NaN);
        Assert.Throws<NotFiniteNumberException>(() => Warping.Sample(ones(1, 1, 4, 4), places, alignCorners: true, GridSamplePaddingMode.Border));
    }
}
