using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Propagation;

/// <summary>PECHead, Eq. 4.</summary>
public sealed class ContextPropagationTests
{
    [Fact]
    public void Eq4_before_training_the_context_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var propagation = Create(trained: false);
        var (aligned, motion) = (rand(1, 4, 8, 8), Still());
        var state = propagation.Remember(rand(1, 4, 8, 8), rand(1, 4, 8, 8), null);

        TensorAssert.Close(aligned, propagation.Adapt(aligned, motion, state, null), 0);
    }

    [Fact]
    public void Eq4_the_first_frame_sees_zeros_and_later_frames_what_came_before()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var propagation = Create(trained: true);
        var (aligned, motion) = (rand(1, 4, 8, 8), Still());
        var zero = zeros(1, 4, 8, 8);

        var first = propagation.Adapt(aligned, motion, null, null);
        var ofZeros = propagation.Adapt(aligned, motion, new PropagationState(zero, zero, zero), null);
        TensorAssert.Close(first, ofZeros, 1e-6);
        foreach (var state in new[] { new PropagationState(ones_like(zero), zero, zero), new PropagationState(zero, ones_like(zero), zero), new PropagationState(zero, zero, ones_like(zero)) })
            Assert.True((propagation.Adapt(aligned, motion, state, null) - first).abs().max().ToDouble() > 1e-3);
    }

    [Fact]
    public void Eq4_raw_features_are_warped_by_the_frame_flow_and_then_by_the_local_motion()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var propagation = Create(trained: true);
        var (aligned, raw, zero) = (rand(1, 4, 8, 8), rand(1, 4, 8, 8), zeros(1, 4, 8, 8));
        // The source moved a pixel of the features to the right (two of the frame); the driving frame looks a pixel further down.
        var flow = zeros(1, 15, 15, 2);
        flow.select(-1, 0).fill_(-2);
        var down = Still();
        down.Deformation.select(-1, 1).add_(2.0 / 7);

        var moved = zeros_like(raw);
        moved.narrow(3, 1, 7).narrow(2, 0, 7).copy_(raw.narrow(3, 0, 7).narrow(2, 1, 7));
        moved.narrow(3, 0, 1).narrow(2, 0, 7).copy_(raw.narrow(3, 0, 1).narrow(2, 1, 7));   // beyond the border the frame goes on as it ends
        var expected = propagation.Adapt(aligned, Still(), new PropagationState(moved, zero, zero), null);

        TensorAssert.Close(expected, propagation.Adapt(aligned, down, new PropagationState(raw, zero, zero), flow), 1e-4);
    }

    [Fact]
    public void Eq4_the_state_of_a_recurrent_unit_lies_between_the_old_one_and_the_candidate()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var propagation = Create(trained: true);
        var (raw, refined) = (rand(1, 4, 8, 8), rand(1, 4, 8, 8));

        var state = propagation.Remember(raw, refined, null)!;
        TensorAssert.Close(raw, state.Raw, 0);
        TensorAssert.Close(refined, state.Refined, 0);
        for (int frame = 0; frame < 50; frame++)
            state = propagation.Remember(raw, refined, state)!;
        var next = propagation.Remember(raw, refined, state)!;

        Assert.InRange(state.Hidden.abs().max().ToDouble(), 0.01, 1);
        TensorAssert.Close(state.Hidden, next.Hidden, 1e-4);   // the same input over and over: the state comes to rest
    }

    [Fact]
    public void Slim_layers_begin_without_a_change_and_let_every_part_of_the_context_count()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var fresh = Create(trained: false, slim: true);
        using var propagation = Create(trained: true, slim: true);
        var (aligned, zero, one) = (rand(1, 4, 8, 8), zeros(1, 4, 8, 8), ones(1, 4, 8, 8));
        TensorAssert.Close(aligned, fresh.Adapt(aligned, Still(), new PropagationState(one, one, one), null), 0);
        var first = propagation.Adapt(aligned, Still(), null, null);
        foreach (var state in new[] { new PropagationState(one, zero, zero), new PropagationState(zero, one, zero), new PropagationState(zero, zero, one) })
            Assert.True((propagation.Adapt(aligned, Still(), state, null) - first).abs().max().ToDouble() > 1e-3);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(7, 5)]
    public void Gates_of_half_the_resolution_are_the_gates_of_the_mean_of_four_pixels(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var unit = new ConvGru(3, halfGates: true);
        var (x, h) = (rand(2, 3, height, width), rand(2, 3, height, width));
        Tensor Weight(string name) => unit.get_parameter(name)!;
        var both = cat([x, h], 1);
        var small = nn.functional.conv2d(nn.functional.avg_pool2d(both, 2, ceil_mode: true), Weight("gates.weight"), Weight("gates.bias"), padding: [1, 1]).sigmoid();
        var gates = small.repeat_interleave(2, 2).repeat_interleave(2, 3).narrow(2, 0, height).narrow(3, 0, width);
        var (update, reset) = (gates.narrow(1, 0, 3), gates.narrow(1, 3, 3));
        var candidate = nn.functional.conv2d(cat([x, reset * h], 1), Weight("candidate.weight"), Weight("candidate.bias"), padding: [1, 1]).tanh();
        TensorAssert.Close(((1 - update) * h) + (update * candidate), unit.call(x, h), 1e-6);
    }

    [Theory]
    [InlineData("adapt1.weight", 2.0)]
    [InlineData("adapt2.weight", 2.0)]
    [InlineData("adapt3.weight", 0.0)]
    public void Context_adaptation_starts_with_features_of_full_size_and_a_result_of_zero(string name, double variance)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var propagation = new ContextPropagation(32, alignCorners: true);
        ParameterInitialization.Apply(propagation, seed: 1);
        var weight = propagation.named_parameters().Single(p => p.Item1 == name).Item2;

        // He et al. 2015, Eq. 10 and 15, for a slope of 0.1.
        double expected = variance / (1 + (0.1 * 0.1)) / (weight.numel() / weight.size(0));
        Assert.Equal(expected, weight.pow(2).mean().ToDouble(), 0.05 * expected);
    }

    private static ContextPropagation Create(bool trained, bool slim = false)
    {
        var propagation = new ContextPropagation(4, alignCorners: true, slim);
        ParameterInitialization.Apply(propagation, seed: 1);
        if (!trained) return propagation;
        using var noGradient = no_grad();
        using var generator = new Generator(3);
        propagation.named_parameters().First(p => p.Item1 == "adapt3.weight").Item2.normal_(0, 1, generator);
        return propagation;
    }

    private static MotionField Still() => new(CoordinateGrid.Create(8, 8, ScalarType.Float32, CPU).expand(1, 8, 8, 2).clone(), ones(1, 1, 8, 8), zeros(1, 2, 8, 8));
}
