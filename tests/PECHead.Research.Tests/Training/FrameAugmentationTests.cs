using PECHead.Research.Motion;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

public sealed class FrameAugmentationTests
{
    private static readonly FrameAugmentationConfig None = new() { Flip = 0, Brightness = 0, Contrast = 0, Saturation = 0 };

    [Fact]
    public void Without_strength_nothing_changes()
    {
        using var scope = NewDisposeScope();
        var frames = rand(3, 3, 8, 8);
        Assert.True(allclose(Draw(3, None, 1).Apply(frames), frames, atol: 1e-6));
    }

    [Fact]
    public void A_certain_flip_mirrors_every_frame()
    {
        using var scope = NewDisposeScope();
        var frames = rand(3, 3, 8, 8);
        Assert.True(allclose(Draw(3, None with { Flip = 1 }, 1).Apply(frames), frames.flip(3), atol: 1e-6));
    }

    [Fact]
    public void Both_frames_of_a_pair_change_alike_and_stay_in_range()
    {
        using var scope = NewDisposeScope();
        var frames = rand(16, 3, 8, 8);
        var augmentation = Draw(16, new FrameAugmentationConfig { Brightness = 1, Contrast = 1, Saturation = 1 }, 1);
        var (once, twice) = (augmentation.Apply(frames), augmentation.Apply(frames));
        Assert.True(once.bytes.SequenceEqual(twice.bytes));
        Assert.InRange(once.min().ToDouble(), 0, 1);
        Assert.InRange(once.max().ToDouble(), 0, 1);
        Assert.False(allclose(once, frames));
    }

    [Fact]
    public void A_seed_fixes_the_changes()
    {
        using var scope = NewDisposeScope();
        var frames = rand(4, 3, 8, 8);
        var config = new FrameAugmentationConfig();
        Assert.True(Draw(4, config, 5).Apply(frames).bytes.SequenceEqual(Draw(4, config, 5).Apply(frames).bytes));
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1.0)]
    public void A_zoom_shows_nothing_from_outside_and_leaves_no_view_further_than_it_may(double strength)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var zoom = SimilarityTransform.Zoom(500, strength, generator, CPU);
        var corners = zoom.Apply(tensor(new float[] { -1, -1, 1, -1, -1, 1, 1, 1 }).reshape(1, 4, 2).expand(500, 4, 2));
        Assert.InRange(corners.abs().max().ToDouble(), 0, 1 + 1e-6);
        Assert.InRange(zoom.LogScale.min().ToDouble(), -strength, -0.95 * strength);
        Assert.InRange(zoom.LogScale.max().ToDouble(), -0.05 * strength, 0);
    }

    [Fact]
    public void Source_and_driving_frames_are_magnified_each_by_itself_and_their_landmarks_with_them()
    {
        using var scope = NewDisposeScope();
        using var reconstructor = new DrawnReconstructor();
        var coefficients = reconstructor.Neutral(16, CPU);
        // A picture whose pixels say where they are: x in red, y in green.
        var grid = CoordinateGrid.Create(32, 32, ScalarType.Float32, CPU).permute(2, 0, 1);
        var batch = new FaceBatch(cat([grid, zeros(1, 32, 32)]).unsqueeze(0).expand(16, 3, 32, 32), coefficients);
        var augmentation = Draw(16, None with { Zoom = 0.5 }, 1);
        var (source, driving) = (augmentation.ApplyToSource(batch, reconstructor), augmentation.ApplyToDriving(batch, reconstructor));

        foreach (var seen in new[] { source, driving })
        {
            var landmarks = reconstructor.Landmarks(seen.Coefficients);
            var inside = landmarks.abs().max(-1).values < 0.9;
            var at = nn.functional.grid_sample(seen.Image, landmarks.unsqueeze(1), align_corners: true).squeeze(2).permute(0, 2, 1).narrow(-1, 0, 2);
            var original = reconstructor.Landmarks(coefficients);
            Assert.True(inside.sum([0, 1]).ToDouble() > 0);
            Assert.InRange(((at - original).abs().max(-1).values * inside).max().ToDouble(), 0, 2e-3);
        }
        Assert.False(allclose(source.Image, driving.Image, atol: 1e-2));
    }

    private static FrameAugmentation Draw(long batch, FrameAugmentationConfig config, ulong seed)
    {
        using var generator = new Generator(seed);
        return FrameAugmentation.Draw(batch, config, generator, CPU);
    }
}
