using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

/// <summary>The kernel of the deformable convolution as a function that autograd knows: order of sums, gradients, bad numbers.</summary>
public sealed class DeformableKernelTests
{
    // Batch, channels, outputs, weight groups, offset groups, height, width: whole vectors and odd rests, one segment and several
    // of an offset group, several tiles and part of one.
    public static TheoryData<long, long, long, long, long, long, long> Sizes => new()
    {
        { 2, 64, 64, 1, 8, 17, 16 },
        { 1, 256, 48, 1, 8, 9, 31 },
        { 3, 20, 6, 2, 2, 9, 5 },
        { 1, 130, 33, 1, 1, 12, 13 },
        { 5, 9, 3, 3, 1, 4, 3 },
        { 1, 1, 1, 1, 1, 2, 70 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void In_float32_it_agrees_with_the_composition_within_rounding(long n, long c, long o, long groups, long offsetGroups, long h, long w)
    {
        using var scope = NewDisposeScope();
        foreach (bool bare in new[] { false, true })
        {
            var arguments = Draw(n, c, o, groups, offsetGroups, h, w);
            if (bare) (arguments[3], arguments[4]) = (null, null);

            var expected = Pass(arguments, composed: true);
            var received = Pass(arguments, composed: false);

            // The composition's positions pass through [-1, 1] and back, which costs up to 1e-5 pixels.
            for (int i = 0; i < expected.Length; i++)
                TensorAssert.Close(expected[i], received[i], 1e-4 * expected[i].abs().max().ToDouble(), $"tensor {i}, bare {bare}");
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Any_number_of_threads_gives_the_same_bits(long n, long c, long o, long groups, long offsetGroups, long h, long w)
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(n, c, o, groups, offsetGroups, h, w);
        int before = get_num_threads();
        try
        {
            set_num_threads(1);
            var expected = Pass(arguments, composed: false);
            foreach (int threads in new[] { 2, 3, 8 })
            {
                set_num_threads(threads);
                var received = Pass(arguments, composed: false);
                for (int i = 0; i < expected.Length; i++)
                    Assert.True(expected[i].eq(received[i]).all().ToBoolean(), $"tensor {i} differs on {threads} threads");
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Several_threads_may_call_it_at_once()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(2, 32, 16, 1, 4, 13, 11);
        var expected = Pass(arguments, composed: false);

        Parallel.For(0, 8, _ =>
        {
            using var inner = NewDisposeScope();
            var received = Pass(arguments, composed: false);
            for (int i = 0; i < expected.Length; i++) TensorAssert.Close(expected[i], received[i], 0, $"tensor {i}");
        });
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)]
    [InlineData(-3e9f)]
    [InlineData(65504f)]
    public void Positions_of_any_number_stay_inside_of_the_memory(float number)
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(2, 24, 8, 1, 2, 7, 9);
        arguments[1] = full_like(arguments[1]!.detach(), number).requires_grad_();

        var received = Pass(arguments, composed: false);

        // Nothing is read: the bias remains, and no gradient but the bias's.
        if (float.IsNaN(number))
            Assert.True(received[0].isnan().all().ToBoolean());
        else
            TensorAssert.Close(arguments[4]!.reshape(1, -1, 1, 1).expand_as(received[0]), received[0], 0);
        if (!float.IsNaN(number))
            Assert.All(received[1..5], gradient => Assert.Equal(0, gradient.abs().sum().ToDouble()));
    }

    [Fact]
    public void An_offset_that_is_no_number_spoils_its_own_pixel_only()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(1, 8, 4, 1, 2, 5, 5);
        var expected = Pass(arguments, composed: false)[0];
        arguments[1] = arguments[1]!.detach().clone();
        arguments[1]!.select(2, 2).select(2, 3).fill_(float.NaN);

        var received = DeformableConvolution.Apply(arguments[0]!, arguments[1]!, arguments[2]!, arguments[4], padding: (1, 1), mask: arguments[3]);

        Assert.Equal(4, received.isnan().sum().ToInt64());
        TensorAssert.Close(expected.select(2, 1), received.select(2, 1), 0);
    }

    [Fact]
    public void Only_wanted_gradients_are_computed()
    {
        using var scope = NewDisposeScope();
        for (int wanted = 0; wanted < 5; wanted++)
        {
            var arguments = Draw(2, 16, 4, 1, 2, 6, 5);
            var expected = Pass(arguments, composed: false)[wanted + 1];
            Tensor[] single = [.. arguments.Select((argument, i) => argument!.detach().requires_grad_(i == wanted))];

            var slope = ones(2, 4, 6, 5);
            DeformableConvolution.Apply(single[0], single[1], single[2], single[4], padding: (1, 1), mask: single[3]).backward([slope]);

            TensorAssert.Close(expected, single[wanted].grad!, 0, $"argument {wanted}");
            Assert.Equal(4, single.Count(argument => argument.grad is null));
        }
    }

    [Fact]
    public void Gradients_with_a_graph_are_those_of_the_composition_and_libtorch_refuses_their_own()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(1, 4, 3, 1, 2, 4, 5);
        Tensor[] First(bool composed)
            => [.. autograd.grad([Convolve(arguments, composed).square().sum()], [.. arguments.OfType<Tensor>()], create_graph: true)];

        var expected = First(composed: true);
        var received = First(composed: false);

        for (int i = 0; i < expected.Length; i++)
            TensorAssert.Close(expected[i], received[i], 1e-5 * (1 + expected[i].abs().max().ToDouble()), $"argument {i}");
        var error = Assert.ThrowsAny<Exception>(() => received[0].square().sum().backward());
        Assert.Contains("not implemented", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_changed_before_the_backward_pass_is_an_exception()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(1, 8, 4, 1, 2, 5, 5);
        var result = Convolve(arguments, composed: false).sum();
        using (no_grad())
        {
            arguments[2]!.mul_(2);
        }

        Assert.ThrowsAny<Exception>(() => result.backward());
        Pass(arguments, composed: false);
    }

    // Input, offset, weight, mask, bias. Positions keep away from pixels, where the slope jumps.
    private static Tensor?[] Draw(long n, long c, long o, long groups, long offsetGroups, long h, long w)
    {
        using var random = new Generator(5);
        var offset = randn([n, 18 * offsetGroups, h, w], generator: random).mul(2).floor() + rand([n, 18 * offsetGroups, h, w], generator: random) * 0.8 + 0.1;
        Tensor[] all =
        [
            randn([n, c, h, w], generator: random),
            offset,
            randn([o, c / groups, 3, 3], generator: random),
            rand([n, 9 * offsetGroups, h, w], generator: random),
            randn([o], generator: random),
        ];
        return [.. all.Select(tensor => tensor.detach().requires_grad_())];
    }

    private static Tensor Convolve(Tensor?[] arguments, bool composed)
    {
        var (input, offset, weight, mask, bias) = (arguments[0]!, arguments[1]!, arguments[2]!, arguments[3], arguments[4]);
        return composed
            ? DeformableConvolution.Compose(input, offset, weight, bias, mask, DeformableGeometry.Of(input, offset, weight, (1, 1), (1, 1), (1, 1)))
            : DeformableConvolution.Apply(input, offset, weight, bias, padding: (1, 1), mask: mask);
    }

    /// <summary>The result and the gradients of all arguments that there are.</summary>
    private static Tensor[] Pass(Tensor?[] arguments, bool composed)
    {
        var result = Convolve(arguments, composed);
        return [result, .. autograd.grad([result], [.. arguments.OfType<Tensor>()], [ones_like(result)])];
    }
}
