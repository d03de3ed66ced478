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
        var config = new FrameAugmentationConfig { Flip = 0.5, Brightness = 0.1, Contrast = 0.1, Saturation = 0.1 };
        Assert.True(Draw(4, config, 5).Apply(frames).bytes.SequenceEqual(Draw(4, config, 5).Apply(frames).bytes));
    }

    private static FrameAugmentation Draw(long batch, FrameAugmentationConfig config, ulong seed)
    {
        using var generator = new Generator(seed);
        return FrameAugmentation.Draw(batch, config, generator, CPU);
    }
}
