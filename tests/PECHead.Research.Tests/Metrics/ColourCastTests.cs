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
