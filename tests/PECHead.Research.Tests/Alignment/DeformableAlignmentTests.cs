using PECHead.Research.Alignment;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Alignment;

/// <summary>PECHead, Eq. 3.</summary>
public sealed class DeformableAlignmentTests
{
    private static readonly DeformableAlignmentConfig Config = new() { MotionChannels = 4, HeadChannels = 8, Groups = 2 };

    [Fact]
    public void Eq3_before_training_the_alignment_is_the_warp_of_the_flow()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(1);
        using var alignment = Create();
        var features = rand([2, 6, 8, 8], generator: generator);
        var motion = Motion(generator);

        var aligned = alignment.call(features, motion);

        TensorAssert.Close(Warping.Blend(features, motion, alignCorners: true), aligned.Features, 1e-5);
        TensorAssert.Close(full([2, 18, 8, 8], 0.5), aligned.Modulation!, 0);
    }

    [Fact]
    public void Eq3_offsets_start_as_the_deformation_in_pixels_and_stay_near_it()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(2);
        using var alignment = Create();
        var motion = Motion(generator);
        var displacement = (motion.Deformation - CoordinateGrid.Create(8, 8, ScalarType.Float32, CPU)) * 3.5;      // (x, y) in pixels

        var atStart = alignment.call(rand(2, 6, 8, 8), motion).Offsets!.reshape(2, 18, 2, 8, 8);
        foreach (var (name, parameter) in alignment.named_parameters())
        {
            if (name.StartsWith("prediction", StringComparison.Ordinal)) parameter.normal_(0, 50, generator);
        }
        var trained = alignment.call(rand(2, 6, 8, 8), motion).Offsets!.reshape(2, 18, 2, 8, 8);

        for (int tap = 0; tap < 18; tap++)
        {
            TensorAssert.Close(displacement.select(-1, 1), atStart.select(1, tap).select(1, 0), 1e-5, "dy");
            TensorAssert.Close(displacement.select(-1, 0), atStart.select(1, tap).select(1, 1), 1e-5, "dx");
        }
        Assert.InRange((trained - atStart).abs().max().ToDouble(), 0.1, Config.MaxResidual * 8 + 1e-5);
    }

    [Fact]
    public void Two_hundred_steps_that_pull_the_modulation_down_leave_it_a_way_back()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        using var alignment = Create();
        var (features, motion) = (rand([2, 6, 8, 8], generator: generator), Motion(generator));
        using var optimizer = optim.Adam(alignment.parameters(), lr: 1e-3);
        for (int step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            alignment.call(features, motion).Modulation!.mean().backward();
            optimizer.step();
        }
        Assert.InRange(alignment.call(features, motion).Modulation!.mean().ToDouble(), 0.2, 0.49);
    }

    private static DeformableAlignment Create()
    {
        var alignment = new DeformableAlignment(Config, channels: 6, motionChannels: 5);
        ParameterInitialization.Apply(alignment, seed: 1);
        return alignment;
    }

    private static MotionField Motion(Generator generator) => new(
        CoordinateGrid.Create(8, 8, ScalarType.Float32, CPU) + (0.3 * randn([2, 8, 8, 2], generator: generator)),
        rand([2, 1, 8, 8], generator: generator), randn([2, 5, 8, 8], generator: generator));
}
