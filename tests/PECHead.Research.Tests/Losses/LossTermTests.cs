using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Losses;

public sealed class LossTermTests
{
    private static readonly Generator Random = new(17);

    [Fact]
    public void PixelLoss_IsTheMeanAbsoluteDifference()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0.25, PixelLoss.Evaluate(full([1, 3, 2, 2], 0.75), full([1, 3, 2, 2], 0.5)).ToDouble(), 6);
    }

    [Fact]
    public void PixelLoss_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        var driving = Doubles(1, 3, 2, 2);

        TensorAssert.Gradient(x => PixelLoss.Evaluate(x, driving), Doubles(1, 3, 2, 2));
    }

    [Fact]
    public void FacePartsLoss_OfAnEvenError_IsTheError()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.25, FacePartsLoss.Evaluate(full([2, 3, 32, 32], 0.75), full([2, 3, 32, 32], 0.5), new Keypoints(FaceAt(0.2).Positions.expand(2, 68, 2))).ToDouble(), 5);
    }

    [Fact]
    public void FacePartsLoss_SeesAnErrorOnTheMouthAndNoneFarFromTheFace()
    {
        using var scope = NewDisposeScope();
        var driving = zeros(1, 3, 64, 64);
        Tensor Spot(int row)
        {
            var frame = zeros(1, 3, 64, 64);
            frame.narrow(2, row, 4).narrow(3, 30, 4).fill_(1);
            return frame;
        }
        // All landmarks lie at y = 0.2, the 38th row.
        Assert.True(FacePartsLoss.Evaluate(Spot(36), driving, FaceAt(0.2)).ToDouble() > 0.1);
        Assert.Equal(0, FacePartsLoss.Evaluate(Spot(2), driving, FaceAt(0.2)).ToDouble(), 6);
    }

    [Fact]
    public void FacePartsLoss_LooksAtEyesAndMouth_AndNotAtJawBrowsAndNose()
    {
        using var scope = NewDisposeScope();
        var (driving, generated) = (zeros(1, 3, 64, 64), zeros(1, 3, 64, 64));
        generated.narrow(2, 36, 4).fill_(1);   // around the 38th row, y = 0.2

        // The landmarks of a range at y = 0.2, all others at the top of the frame.
        double Of(int first, int count)
        {
            var positions = full([1, 68, 2], -0.9);
            positions.narrow(1, first, count).select(2, 1).fill_(0.2);
            return FacePartsLoss.Evaluate(generated, driving, new Keypoints(positions)).ToDouble();
        }

        Assert.Equal(0, Of(0, 36), 6);
        Assert.True(Of(36, 12) > 0.1, "eyes");
        Assert.True(Of(48, 20) > 0.1, "mouth");
    }

    [Fact]
    public void FacePartsLoss_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        var driving = Doubles(1, 3, 8, 8);
        TensorAssert.Gradient(x => FacePartsLoss.Evaluate(x, driving, new Keypoints(zeros([1, 68, 2], ScalarType.Float64))), Doubles(1, 3, 8, 8));
    }

    private static Keypoints FaceAt(double y) => new(stack([zeros(1, 68), full([1, 68], y)], -1).expand(1, 68, 2));

    [Fact]
    public void KeypointSpreadLoss_OfTwoPoints_CountsThePairInBothOrders()
    {
        using var scope = NewDisposeScope();
        var near = new Keypoints(tensor([0f, 0, 0.1f, 0.2f], [1, 2, 2]));      // squared distance 0.05
        var far = new Keypoints(tensor([0f, 0, 0.4f, 0], [1, 2, 2]));

        Assert.Equal(0.1, KeypointSpreadLoss.Evaluate(near).ToDouble(), 6);
        Assert.Equal(0, KeypointSpreadLoss.Evaluate(far).ToDouble());
    }

    [Fact]
    public void KeypointSpreadLoss_OfABatch_IsTheMeanOfItsFaces()
    {
        using var scope = NewDisposeScope();
        var nearAndFar = new Keypoints(tensor([0f, 0, 0.1f, 0.2f, 0, 0, 0.4f, 0], [2, 2, 2]));

        Assert.Equal(0.05, KeypointSpreadLoss.Evaluate(nearAndFar).ToDouble(), 6);
    }

    [Fact]
    public void KeypointSpreadLoss_OfOnePoint_IsZero()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0, KeypointSpreadLoss.Evaluate(new Keypoints(zeros(2, 1, 2))).ToDouble());
    }

    [Fact]
    public void KeypointSpreadLoss_HasAGradient()
    {
        using var scope = NewDisposeScope();

        TensorAssert.Gradient(x => KeypointSpreadLoss.Evaluate(new Keypoints(x)), Doubles(2, 4, 2) * 0.4);
    }

    [Fact]
    public void EquivarianceLoss_OfPointsThatMovedAlong_IsZero()
    {
        using var scope = NewDisposeScope();
        var bend = ThinPlateSpline.Random(2, new ThinPlateSplineConfig(), Random, CPU);
        var seenInTheBentFrame = new Keypoints(rand([2, 3, 2], generator: Random) - 0.5);

        var keypoints = bend.Apply(seenInTheBentFrame);

        Assert.Equal(0, EquivarianceLoss.Evaluate(keypoints, seenInTheBentFrame, bend).ToDouble(), 6);
    }

    [Fact]
    public void EquivarianceLoss_IsTheMeanDistanceOfTheCoordinates()
    {
        using var scope = NewDisposeScope();
        var bend = ThinPlateSpline.Random(2, new ThinPlateSplineConfig(), Random, CPU);
        var seenInTheBentFrame = new Keypoints(rand([2, 3, 2], generator: Random) - 0.5);

        var off = new Keypoints(bend.Apply(seenInTheBentFrame).Positions + tensor(new[] { 0.3f, -0.1f }));

        Assert.Equal(0.2, EquivarianceLoss.Evaluate(off, seenInTheBentFrame, bend).ToDouble(), 5);
    }

    [Fact]
    public void EquivarianceLoss_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        var bend = new ThinPlateSpline(Doubles(1, 2, 3), Doubles(1, 4, 1));
        var fixedPoints = new Keypoints(Doubles(1, 3, 2));

        TensorAssert.Gradient(x => EquivarianceLoss.Evaluate(new Keypoints(x), fixedPoints, bend), Doubles(1, 3, 2));
        TensorAssert.Gradient(x => EquivarianceLoss.Evaluate(fixedPoints, new Keypoints(x), bend), Doubles(1, 3, 2));
    }

    [Fact]
    public void WarpLoss_OfTheIdentityBetweenEqualFrames_IsZero()
    {
        using var scope = NewDisposeScope();
        var frame = rand([1, 3, 8, 8], generator: Random);
        var identity = CoordinateGrid.Create(4, 4, ScalarType.Float32, CPU).unsqueeze(0);

        Assert.Equal(0, WarpLoss.Evaluate(frame, frame, identity).ToDouble(), 5);
    }

    [Fact]
    public void WarpLoss_OfTheIdentityBetweenFramesOfAnEvenDifference_IsTheDifference()
    {
        using var scope = NewDisposeScope();
        var frame = rand([2, 3, 8, 8], generator: Random);
        var identity = CoordinateGrid.Create(4, 4, ScalarType.Float32, CPU).expand(2, 4, 4, 2);

        Assert.Equal(0.25, WarpLoss.Evaluate(frame, frame + 0.25, identity).ToDouble(), 5);
    }

    [Fact]
    public void WarpLoss_OfTwoDeformations_IsTheirMean()
    {
        using var scope = NewDisposeScope();
        Tensor source = rand([1, 3, 8, 8], generator: Random), driving = rand([1, 3, 8, 8], generator: Random);
        Tensor a = rand([1, 4, 4, 2], generator: Random), b = rand([1, 4, 4, 2], generator: Random);

        double mean = (WarpLoss.Evaluate(source, driving, a).ToDouble() + WarpLoss.Evaluate(source, driving, b).ToDouble()) / 2;

        Assert.Equal(mean, WarpLoss.Evaluate(source, driving, a, b).ToDouble(), 5);
    }

    [Fact]
    public void WarpLoss_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        Tensor source = Doubles(1, 3, 4, 4), driving = Doubles(1, 3, 4, 4);

        TensorAssert.Gradient(x => WarpLoss.Evaluate(source, driving, x), Doubles(1, 2, 2, 2) - 0.5);
    }

    [Fact]
    public void PyramidPerceptualLoss_OfEqualFrames_IsZero_AndHasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        using var loss = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));
        Tensor generated = Doubles(1, 3, 4, 4), driving = Doubles(1, 3, 4, 4);

        Assert.Equal(0, loss.call(driving, driving).ToDouble());
        TensorAssert.Gradient(x => loss.call(x, driving), generated);
    }

    [Fact]
    public void PyramidPerceptualLoss_OfAnEvenDifference_IsTheDifferenceOnceALevel()
    {
        using var scope = NewDisposeScope();
        using var loss = new PyramidPerceptualLoss(new ImagePyramidFeatures(3));
        var driving = Doubles(2, 3, 16, 16);

        // Colours differ by 0.25 on each of three levels, gradients not at all.
        Assert.Equal(0.75, loss.call(driving + 0.25, driving).ToDouble(), 9);
    }

    [Fact]
    public void PyramidPerceptualLoss_GivesTheTargetNoGradient()
    {
        using var scope = NewDisposeScope();
        using var loss = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));
        var driving = Doubles(1, 3, 4, 4).requires_grad_(true);

        loss.call(Doubles(1, 3, 4, 4).requires_grad_(true), driving).backward();

        Assert.Null(driving.grad);
    }

    [Fact]
    public void PyramidPerceptualLoss_OfFramesThatAreTooSmall_SaysHowLargeTheyMustBe()
    {
        using var scope = NewDisposeScope();
        using var loss = new PyramidPerceptualLoss(new ImagePyramidFeatures());

        Assert.Contains("16 px", Assert.Throws<ArgumentException>(() => loss.call(zeros(1, 3, 8, 8), zeros(1, 3, 8, 8))).Message, StringComparison.Ordinal);
    }

    private static Tensor Doubles(params long[] shape) => rand(shape, ScalarType.Float64, generator: Random);

    [Fact]
    public void ImagePyramidFeatures_AreTheColoursAndTheirDifferencesOfEveryLevel()
    {
        using var scope = NewDisposeScope();
        using var features = new ImagePyramidFeatures(2);
        // 1 4 2 0 / 3 8 6 4 / ... : every row is the one above and two more.
        var frame = (tensor([1f, 4, 2, 0], [1, 1, 1, 4]) + (2 * arange(4, ScalarType.Float32).reshape(1, 1, 4, 1))).expand(1, 3, 4, 4);

        var found = features.call(frame);

        Assert.Equal(6, found.Count);
        TensorAssert.Close(frame, found[0], 0, "colours");
        TensorAssert.Close(tensor([3f, -2, -2], [1, 1, 1, 3]).expand(1, 3, 4, 3), found[1], 1e-6, "along x");
        TensorAssert.Close(full([1, 3, 3, 4], 2), found[2], 1e-6, "along y");
        TensorAssert.Close(tensor([3.5f, 2, 7.5f, 6], [1, 1, 2, 2]).expand(1, 3, 2, 2), found[3], 1e-6, "half the size");
        TensorAssert.Close(full([1, 3, 2, 1], -1.5), found[4], 1e-6, "along x at half the size");
        TensorAssert.Close(full([1, 3, 1, 2], 4), found[5], 1e-6, "along y at half the size");
    }

    [Fact]
    public void Features_need_their_smallest_side_on_both_sides()
    {
        using var scope = NewDisposeScope();
        using var features = new ImagePyramidFeatures(2);
        using var loss = new PyramidPerceptualLoss(features);

        Assert.Contains("at least 4 px, received 3x8", Assert.Throws<ArgumentException>(() => features.call(zeros(1, 3, 8, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("at least 4 px, not 3", Assert.Throws<ArgumentException>(() => loss.call(zeros(1, 3, 3, 8), zeros(1, 3, 3, 8))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePyramidFeatures(0));
    }
}
