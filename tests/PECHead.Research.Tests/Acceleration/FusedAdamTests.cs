using PECHead.Research.Acceleration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Acceleration;

public sealed class FusedAdamTests : IDisposable
{
    private const int Steps = 7;
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<long[], bool> Layouts => new()
    {
        { [], false },
        { [5], false },
        { [3, 70_001], false },
        { [8, 6, 3, 3], false },
        { [8, 6, 3, 3], true },
        { [130, 64, 5, 5], true },
        { [2, 3, 4, 5, 6], false },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Steps_are_those_of_TorchSharps_own_Adam(long[] shape, bool channelsLast)
    {
        var (ours, theirs) = (Start(shape, channelsLast), Start(shape, channelsLast));
        using var fused = new FusedAdam([("weight", ours)], 1e-2, 0.5, 0.999, 1e-8);
        using var reference = optim.Adam([theirs], 1e-2, 0.5, 0.999, 1e-8);
        for (int step = 0; step < Steps; step++)
        {
            Differentiate(fused, ours, step);
            Differentiate(reference, theirs, step);
        }
        Assert.True(ours.allclose(theirs, 1e-5, 1e-6), $"{(ours - theirs).abs().max().ToSingle()}");
    }

    [Fact]
    public void A_decay_of_the_weights_is_that_of_TorchSharps_own_Adam()
    {
        var (ours, theirs) = (Start([3, 70_001], false), Start([3, 70_001], false));
        using var fused = new FusedAdam([("weight", ours)], 1e-2, 0.5, 0.999, 1e-8, weightDecay: 0.3);
        using var reference = optim.Adam([theirs], 1e-2, 0.5, 0.999, 1e-8, weight_decay: 0.3);
        for (int step = 0; step < Steps; step++)
        {
            Differentiate(fused, ours, step);
            Differentiate(reference, theirs, step);
        }
        Assert.True(ours.allclose(theirs, 1e-5, 1e-6), $"{(ours - theirs).abs().max().ToSingle()}");
    }

    // Kingma and Ba, algorithm 1: with bias correction the first step is the learning rate against the sign of the gradient.
    [Fact]
    public void The_first_step_goes_by_the_learning_rate_against_the_sign()
    {
        var weight = new Parameter(zeros(3));
        using var adam = new FusedAdam([("weight", weight)], 0.1);
        (weight * tensor([2f, -0.001f, 30f])).sum().backward();
        adam.step();
        Assert.True(weight.allclose(tensor([-0.1f, 0.1f, -0.1f]), 1e-4));
    }

    [Fact]
    public void Half_precision_parameters_keep_float32_moments()
    {
        var weight = new Parameter(ones([4, 4], dtype: ScalarType.BFloat16));
        using var adam = new FusedAdam([("weight", weight)], 0.25);
        (weight.sum() * 3).backward();
        adam.step();
        Assert.Equal(ScalarType.BFloat16, weight.dtype);
        Assert.True(weight.to(ScalarType.Float32).allclose(full([4, 4], 0.75f)));
        Assert.All(adam.State().Where(entry => !entry.Key.EndsWith("step", StringComparison.Ordinal)), entry => Assert.Equal(ScalarType.Float32, entry.Value.dtype));
    }

    [Fact]
    public void A_gradient_in_another_layout_gives_the_same_step()
    {
        var (plain, laid) = (Start([4, 3, 5, 5], false), Start([4, 3, 5, 5], true));
        using var first = new FusedAdam([("weight", plain)], 1e-2);
        using var second = new FusedAdam([("weight", laid)], 1e-2);
        Differentiate(first, plain, 1);
        laid.grad = plain.grad!.clone();
        Assert.False(laid.stride().SequenceEqual(laid.grad!.stride()));
        second.step();
        Assert.True(plain.allclose(laid, 1e-5, 1e-7));
    }

    [Fact]
    public void A_restored_optimizer_continues_bit_for_bit()
    {
        var (straight, stopped) = (Start([7, 3, 3, 3], true), Start([7, 3, 3, 3], true));
        using var first = new FusedAdam([("weight", straight)], 1e-2);
        using var before = new FusedAdam([("weight", stopped)], 1e-2);
        for (int step = 0; step < Steps; step++) Differentiate(first, straight, step);
        for (int step = 0; step < 3; step++) Differentiate(before, stopped, step);
        var saved = before.State().ToDictionary(entry => entry.Key, entry => entry.Value.contiguous().clone());

        using var after = new FusedAdam([("weight", stopped)], 1e-2);
        after.Restore(saved);
        for (int step = 3; step < Steps; step++) Differentiate(after, stopped, step);
        Assert.True(straight.equal(stopped).all().ToBoolean());
    }

    [Fact]
    public void A_state_that_does_not_fit_changes_nothing_and_says_what_is_wrong()
    {
        var weight = Start([5], false);
        using var adam = new FusedAdam([("weight", weight)], 1e-2);
        Differentiate(adam, weight, 0);
        var before = adam.State().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        Refuse("[4]", ("weight.exp_avg", zeros(4)), ("weight.exp_avg_sq", zeros(5)), ("weight.step", tensor(2L)));
        Refuse("missing", ("weight.exp_avg", zeros(5)), ("weight.step", tensor(2L)));
        Refuse("number of steps", ("weight.exp_avg", zeros(5)), ("weight.exp_avg_sq", zeros(5)), ("weight.step", tensor(0L)));
        Refuse("belong", ("bias.exp_avg", zeros(5)), ("bias.exp_avg_sq", zeros(5)), ("bias.step", tensor(2L)));
        Assert.All(adam.State(), entry => Assert.True(entry.Value.equal(before[entry.Key]).all().ToBoolean()));

        void Refuse(string reason, params (string Name, Tensor Value)[] state)
        {
            var error = Assert.Throws<ArgumentException>(() => adam.Restore(state.ToDictionary(entry => entry.Name, entry => entry.Value)));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_parameter_without_gradient_stays_and_has_no_state()
    {
        var (used, idle) = (Start([3], false), Start([3], false));
        var before = idle.detach().clone();
        using var adam = new FusedAdam([("used", used), ("idle", idle)], 1e-2);
        Differentiate(adam, used, 0);
        Assert.True(idle.equal(before).all().ToBoolean());
        Assert.DoesNotContain(adam.State(), entry => entry.Key.StartsWith("idle", StringComparison.Ordinal));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        int threads = get_num_threads();
        try
        {
            var results = new[] { 1, 2 }.Select(count =>
            {
                set_num_threads(count);
                var weight = Start([300_000], false);
                using var adam = new FusedAdam([("weight", weight)], 1e-2);
                for (int step = 0; step < 3; step++) Differentiate(adam, weight, step);
                return weight;
            }).ToArray();
            Assert.True(results[0].equal(results[1]).all().ToBoolean());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static Parameter Start(long[] shape, bool channelsLast)
    {
        using var generator = new Generator(3);
        var values = randn(shape, generator: generator);
        return new Parameter(channelsLast ? Accelerator.ChannelsLast(values) : values);
    }

    private static void Differentiate(optim.Optimizer optimizer, Parameter weight, int step)
    {
        optimizer.zero_grad();
        ((weight * (step + 1)).sin() * weight).sum().backward();
        optimizer.step();
    }
}
