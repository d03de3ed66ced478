using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

public sealed class ColourCastTests
{
    private const int Side = 64;
    private static readonly MetricNetwork Network = MetricNetwork.Embedded("test");

    [Fact]
    public void A_blue_wall_behind_the_same_face_is_a_cast_of_the_background_alone()
    {
        using var scope = NewDisposeScope();
        var landmarks = FoundValues.Complete(Face().expand(2, 68, 2));
        var frames = full([2, 3, Side, Side], 0.5f);
        var blue = frames.clone();
        blue[1].narrow(0, 2, 1).narrow(1, 0, 8).add_(0.3f);          // the wall above the head
        var (made, meant) = (FaceRegions.MeanColours(blue, landmarks), FaceRegions.MeanColours(frames, landmarks));

        Assert.Equal(0, Of("skin", made.Skin, meant.Skin), 5);
        // The wall is part of what lies above the chin and off the head, in one of two frames, in one of three channels.
        Assert.InRange(Of("background", made.Background, meant.Background), 0.5, 100 * 0.3 / 6);
    }

    [Fact]
    public void A_tint_of_the_skin_is_told_in_percent()
    {
        using var scope = NewDisposeScope();
        var landmarks = FoundValues.Complete(Face());
        var frames = full([1, 3, Side, Side], 0.5f);
        Assert.Equal(6, Of("skin", FaceRegions.MeanColours(frames + 0.06, landmarks).Skin, FaceRegions.MeanColours(frames, landmarks).Skin), 3);
    }

    [Fact]
    public void A_face_that_fills_the_frame_has_no_background()
    {
        using var scope = NewDisposeScope();
        var near = FoundValues.Complete(((Face() - (Side / 2)) * 3) + (Side / 2));
        Assert.False(FaceRegions.MeanColours(rand(1, 3, Side, Side), near).Background.Present()[0]);
    }

    [Theory]
    [InlineData(64, 48, 0.5)]
    [InlineData(48, 64, 1.0)]
    public void Skin_is_an_ellipse_around_the_nose_and_background_what_is_far_from_the_face_and_above_the_chin(int width, int height, double size)
    {
        using var scope = NewDisposeScope();
        var (x, y, across, along) = (0.6 * width, 0.4 * height, 6 * size, 7 * size);   // the middle of the face and half its size
        var points = tensor(new[] { x, y }).expand(1, 68, 2).clone();
        (points[0, 0, 0], points[0, 1, 0], points[0, 2, 1], points[0, 8, 1]) = (x - across, x + across, y - along, y + along);
        var (noseX, noseY) = (x + 1, y - 1);
        points[0, 33] = tensor(new[] { noseX, noseY });
        var frames = rand(1, 3, height, width);

        var (skin, background) = FaceRegions.MeanColours(frames, FoundValues.Complete(points));

        Assert.Equal(Mean((i, j) => Square((i - noseX) / (0.6 * across)) + Square((j - noseY) / (0.3 * along)) < 1), skin.Values.to(ScalarType.Float64).data<double>()[0], 4);
        Assert.Equal(
            Mean((i, j) => Square((i - x) / (1.9 * across)) + Square((j - y) / (1.9 * along)) > 1 && j < y + along), background.Values.to(ScalarType.Float64).data<double>()[0], 4);

        static double Square(double value) => value * value;
        double Mean(Func<int, int, bool> isInside) => (
            from i in Enumerable.Range(0, width) from j in Enumerable.Range(0, height) where isInside(i, j) select frames[0, 0, j, i].item<float>()).Average();
    }

    private static double Of(string region, FoundValues generated, FoundValues reference)
    {
        var metric = new ColourCast(Network, region);
        metric.Update(generated, reference);
        return metric.Compute();
    }

    // A ring of landmarks in the middle of the frame, the chin below.
    private static Tensor Face()
    {
        var turn = linspace(0, 2 * Math.PI, 68);
        var points = stack([(Side / 2) + (12 * turn.cos()), (Side / 2) + (14 * turn.sin())], 1).unsqueeze(0);
        points[0, 8, 1] = (Side / 2) + 14;
        points[0, 33] = full([2], Side / 2f);
        return points;
    }
}
