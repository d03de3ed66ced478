using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Behaviour;

/// <summary>Gradients, their modes, and derivatives of derivatives.</summary>
public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Grad_modes_nest_and_end_once()
    {
        var x = rand([2L], requires_grad: true);
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
            {
                Assert.True((x * 2).requires_grad);
                using (set_grad_enabled(false)) Assert.False(is_grad_enabled());
                Assert.True(is_grad_enabled());
                using (enable_grad(false)) Assert.False(is_grad_enabled());
            }
            var inner = enable_grad();
            inner.Dispose();
            Assert.False(is_grad_enabled());
            inner.Dispose();
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Gradients_accumulate_until_they_are_cleared()
    {
        var x = ones([2L], requires_grad: true);
        Assert.Null(x.grad);
        (3 * x).sum().backward();
        (4 * x).sum().backward();
        Assert.Equal([7f, 7f], x.grad!.data<float>());
        x.grad = null;
        Assert.Null(x.grad);
        x.grad = ones(2);
        (x * 1).sum().backward();
        Assert.Equal([2f, 2f], x.grad!.data<float>());
    }

    [Fact]
    public void A_kept_graph_can_be_walked_again_and_a_weighted_root_needs_its_gradient()
    {
        var x = ones([2L], requires_grad: true);
        var y = x * x;
        y.backward([tensor(new[] { 1f, 10f })], retain_graph: true);
        y.backward([tensor(new[] { 1f, 10f })]);
        Assert.Equal([4f, 40f], x.grad!.data<float>());
    }

    [Fact]
    public void Backward_towards_named_inputs_touches_only_those()
    {
        var (x, y) = (ones([2L], requires_grad: true), ones([2L], requires_grad: true));
        autograd.backward([(x * y).sum()], inputs: [x]);
        Assert.NotNull(x.grad);
        Assert.Null(y.grad);
    }

    [Fact]
    public void The_third_derivative_of_a_cube_is_six()
    {
        var x = tensor(2.0, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        var second = autograd.grad([first], [x], create_graph: true)[0];
        var third = autograd.grad([second], [x])[0];
        Assert.Equal((12.0, 12.0, 6.0), (first.ToDouble(), second.ToDouble(), third.ToDouble()));
        Assert.Null(x.grad);
    }

    [Fact]
    public void Unused_inputs_give_null_where_that_is_allowed()
    {
        var (x, y) = (ones([2L], requires_grad: true), ones([2L], requires_grad: true));
        var gradients = autograd.grad([x.sum()], [x, y], allow_unused: true);
        Assert.NotNull(gradients[0]);
        Assert.Null(gradients[1]);
    }

    [Fact]
    public void Requiring_a_gradient_is_a_switch_of_the_same_tensor()
    {
        var x = rand(2);
        Assert.Same(x, x.requires_grad_());
        Assert.True(x.requires_grad && x.is_leaf);
        Assert.Same(x, x.with_requires_grad(false));
        Assert.False(x.requires_grad);
        Assert.False((rand([2L], requires_grad: true) * 2).is_leaf);
        Assert.False(rand([2L], requires_grad: true).detach().requires_grad);
    }

    [Fact]
    public void A_graph_of_a_hundred_thousand_steps_neither_overflows_the_stack_nor_leaks()
    {
        var x = ones([1L], requires_grad: true);
        var y = x * 1;
        for (var i = 0; i < 100_000; i++)
        {
            using var before = y;
            y = before + 1;
        }
        y.sum().backward();
        Assert.Equal(1, x.grad!.ToSingle());
    }
}
