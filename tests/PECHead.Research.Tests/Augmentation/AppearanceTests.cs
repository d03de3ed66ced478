using PECHead.Research.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Augmentation;

/// <summary>What changes pixels and leaves the face where it is.</summary>
public sealed class AppearanceTests
{
    private const int Side = 64;

    [Fact]
    public void Where_lips_part_the_inside_of_the_mouth_is_dark_and_nothing_else_changes()
    {
        using var scope = NewDisposeScope();
        var frames = full([1, 3, Side, Side], 0.8f);
        var painted = MouthInterior.Paint(frames, Landmarks(gap: 0), Landmarks(gap: 0.3), ones(1), zeros(1));
        var middle = painted[0].narrow(1, 30, 4).narrow(2, 30, 4);
        Assert.True(middle.mean().ToDouble() < 0.3, $"{middle.mean().ToDouble()}");
        TensorAssert.Close(frames[0].narrow(1, 0, 20), painted[0].narrow(1, 0, 20), 1e-3);
        // Lips as far apart as before, in a face of half the size.
        TensorAssert.Close(frames, MouthInterior.Paint(frames, Landmarks(gap: 0.3), Landmarks(gap: 0.15), full([1], 0.5), ones(1)), 1e-3);
        // Teeth are lighter than the rest, and above.
        var smile = MouthInterior.Paint(frames, Landmarks(gap: 0), Landmarks(gap: 0.3), ones(1), ones(1))[0].mean([0L]);
        Assert.True(smile[28, 32].ToDouble() > smile[36, 32].ToDouble() + 0.2);
    }

    [Fact]
    public void A_blue_wall_becomes_another_one_and_skin_stays()
    {
        using var scope = NewDisposeScope();
        var frames = tensor(new[] { 0.21f, 0.5f, 0.98f }).view(1, 3, 1, 1) * ones(4, 3, Side, Side);
        var skin = tensor(new[] { 0.8f, 0.55f, 0.45f }).view(1, 3, 1, 1);
        frames.narrow(2, 24, 16).narrow(3, 24, 16).copy_(skin);
        using var generator = new Generator(3);
        var surroundings = new Surroundings(new Draws(4, 2, generator, CPU), 1);
        var changed = surroundings.Apply(frames, Landmarks(0.05).expand(4, 68, 2) * 0.4);

        TensorAssert.Close(skin * ones(4, 3, 8, 8), changed.narrow(2, 28, 8).narrow(3, 28, 8), 0.03);
        var wall = changed.narrow(2, 0, 16);
        Assert.True((wall - frames.narrow(2, 0, 16)).abs().mean().ToDouble() > 0.1);
        Assert.True((wall[0] - wall[1]).abs().mean().ToDouble() > 0.05);
        TensorAssert.Close(changed, surroundings.Apply(changed.clone().copy_(frames), Landmarks(0.05).expand(4, 68, 2) * 0.4), 1e-6);
    }

    [Fact]
    public void A_camera_that_does_nothing_gives_the_frame_back_and_another_one_keeps_what_is_dark_and_bright_apart()
    {
        using var scope = NewDisposeScope();
        var frames = cat([full([8, 3, Side, Side / 2], 0.2f), full([8, 3, Side, Side / 2], 0.7f)], 3);
        using var generator = new Generator(3);
        var draws = new Draws(8, 2, generator, CPU);
        TensorAssert.Close(frames, new CameraChange(draws, 0).Apply(frames), 2e-3);
        using var again = new Generator(3);
        var changed = new CameraChange(new Draws(8, 2, again, CPU), 1).Apply(frames);
        Assert.True((changed - frames).abs().mean().ToDouble() > 0.02);
        Assert.True((changed.narrow(3, 40, 16).mean([1, 2, 3]) - changed.narrow(3, 8, 16).mean([1, 2, 3])).min().ToDouble() > 0.15);
        Assert.InRange(changed.min().ToDouble(), 0, 1);
    }

    [Fact]
    public void Moments_of_a_pair_get_the_same_colours_and_pairs_different_ones()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var frames = rand(1, 3, Side, Side).expand(6, 3, Side, Side).contiguous();
        var changed = new ColourChange(new Draws(3, 2, generator, CPU), 1).Apply(frames);
        TensorAssert.Close(changed.narrow(0, 0, 3), changed.narrow(0, 3, 3), 1e-6);
        Assert.True((changed[0] - changed[1]).abs().mean().ToDouble() > 0.02);
    }

    // A ring, and inner lips that are wide and open by a gap, in the middle of the frame.
    private static Tensor Landmarks(double gap)
    {
        var turn = linspace(0, 2 * Math.PI, 68);
        var points = stack([0.7 * turn.cos(), 0.8 * turn.sin()], 1).unsqueeze(0);
        float[] across = [-0.4f, -0.2f, 0, 0.2f, 0.4f, 0.2f, 0, -0.2f];
        for (var i = 0; i < 8; i++)
        {
            points[0, 60 + i, 0] = across[i];
            points[0, 60 + i, 1] = i is 0 or 4 ? 0 : (float)(i < 4 ? -gap / 2 : gap / 2);
        }
        return points;
    }
}
