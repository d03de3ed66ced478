using PECHead.Research.Recipes;
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
    public void Both_frames_of_a_pair_change_alike()
    {
        using var scope = NewDisposeScope();
        var frames = rand(16, 3, 8, 8);
        var augmentation = Draw(16, new FrameAugmentationConfig { Brightness = 1, Contrast = 1, Saturation = 1 }, 1);
        var (once, twice) = (augmentation.Apply(frames), augmentation.Apply(frames));
        Assert.True(once.bytes.SequenceEqual(twice.bytes));
        Assert.False(allclose(once, frames));
    }

    [Fact]
    public void Colours_that_leave_the_range_are_clipped()
    {
        using var scope = NewDisposeScope();
        // Of white frames some become darker, none brighter than white.
        var white = Draw(64, None with { Brightness = 0.5 }, 1).Apply(ones(64, 3, 2, 2));
        Assert.Equal(1, white.max().ToDouble());
        Assert.InRange(white.min().ToDouble(), 0.5, 0.6);
    }

    [Fact]
    public void A_seed_fixes_the_changes()
    {
        using var scope = NewDisposeScope();
        var frames = rand(4, 3, 8, 8);
        var config = new FrameAugmentationConfig { Flip = 0.5, Brightness = 0.1, Contrast = 0.1, Saturation = 0.1 };
        Assert.True(Draw(4, config, 5).Apply(frames).bytes.SequenceEqual(Draw(4, config, 5).Apply(frames).bytes));
    }

    private static FrameAugmentation Draw(long batch, FrameAugmentationConfig config, ulong seed)
    {
        using var generator = new Generator(seed);
        return FrameAugmentation.Draw(batch, config, generator, CPU);
    }
}
