using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Behaviour;

/// <summary>Registration, modes, moves and hooks of modules.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Components_are_registered_under_the_names_of_their_fields()
    {
        using var block = new Block();
        Assert.Equal(
            ["_scale", "first.weight", "first.bias", "_second.weight", "_second.bias", "_list.0.weight", "_list.0.bias"],
            block.named_parameters().Select(entry => entry.name));
        Assert.Equal(
            ["_grid", "_second.running_mean", "_second.running_var", "_second.num_batches_tracked"], block.named_buffers().Select(entry => entry.name));
        Assert.Equal(["first", "_second", "_list"], block.named_children().Select(entry => entry.name));
        Assert.Equal(["first", "_second", "_list", "_list.0"], block.named_modules().Select(entry => entry.name));
        Assert.Equal(["_scale"], block.named_parameters(recurse: false).Select(entry => entry.name));
        Assert.Equal(11, block.state_dict().Count);
        Assert.Equal((3, 4), (block.children().Count(), block.modules().Count()));
    }

    [Fact]
    public void Training_mode_gradients_and_functions_reach_every_part()
    {
        using var block = new Block();
        Assert.True(block.training);
        block.eval();
        Assert.All(block.modules(), module => Assert.False(module.training));
        block.train();
        Assert.All(block.modules(), module => Assert.True(module.training));

        block.call(rand(2, 2, 4, 4)).sum().backward();
        Assert.All(block.parameters().Take(5), parameter => Assert.NotNull(parameter.grad));
        block.zero_grad(set_to_none: false);
        Assert.Equal(0, block.first.weight.grad!.abs().sum().ToDouble());
        block.zero_grad();
        Assert.All(block.parameters(), parameter => Assert.Null(parameter.grad));

        var seen = new List<nn.Module>();
        block.apply(seen.Add);
        Assert.Equal(5, seen.Count);
        Assert.Same(block, seen[^1]);
    }

    [Fact]
    public void A_move_keeps_the_parameters_their_layout_and_integer_buffers()
    {
        using var block = Acceleration.MemoryFormat.ChannelsLast(new Block());
        var parameters = block.parameters().ToList();
        Assert.Same(block, block.to(ScalarType.Float64));
        Assert.Equal(parameters, block.parameters());
        Assert.All(parameters, parameter => Assert.True(parameter is { dtype: ScalarType.Float64, requires_grad: true, is_leaf: true }));
        Assert.Equal(ScalarType.Int64, block.state_dict()["_second.num_batches_tracked"].dtype);
        Assert.Equal(1, block.first.weight.stride(1));
        Assert.Equal(ScalarType.BFloat16, block.bfloat16().first.weight.dtype);
        Assert.Equal(ScalarType.Float32, block.@float().@double().@float().cpu().to(CPU).to(CPU, ScalarType.Float32).first.weight.dtype);
    }

    [Fact]
    public void Disposing_a_module_disposes_what_it_registered()
    {
        var block = new Block();
        var tensors = block.parameters().Cast<Tensor>().Concat(block.buffers()).ToList();
        block.Dispose();
        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void A_scope_around_a_constructor_does_not_take_the_parameters()
    {
        Block block;
        using (NewDisposeScope()) block = new Block();
        Assert.All(block.parameters().Cast<Tensor>().Concat(block.buffers()), tensor => Assert.False(tensor.IsInvalid));
        block.Dispose();
    }

    [Fact]
    public void Hooks_run_around_forward_change_its_values_and_can_be_removed()
    {
        using var layer = nn.ReLU();
        var order = new List<string>();
        var before = layer.register_forward_pre_hook((module, input) =>
        {
            order.Add("before");
            Assert.Same(layer, module);
            return input + 1;
        });
        var after = layer.register_forward_hook((_, _, output) =>
        {
            order.Add("after");
            return output * 10;
        });
        Assert.Equal(20, layer.call(ones(1)).ToSingle());
        Assert.Equal(["before", "after"], order);
        before.remove();
        Assert.Equal(10, layer.call(ones(1)).ToSingle());
        after.remove();
        after.remove();
        Assert.Equal(1, layer.call(ones(1)).ToSingle());
    }

    [Fact]
    public void Hooks_of_modules_with_two_and_three_inputs_see_all_of_them()
    {
        using var two = new Sum2();
        two.register_forward_pre_hook((_, a, b) => (a * 2, b));
        two.register_forward_hook((_, a, b, sum) => sum + (100 * a));
        Assert.Equal(2 + 5 + 200, two.call(tensor(1f), tensor(5f)).ToSingle());
        using var three = new Sum3();
        three.register_forward_pre_hook((_, a, b, c) => (c, b, a));
        three.register_forward_hook((_, a, _, _, sum) => sum * a);
        Assert.Equal(6 * 3, three.call(tensor(1f), tensor(2f), tensor(3f)).ToSingle());
    }

    [Fact]
    public void A_list_of_modules_keeps_names_in_order_when_it_changes()
    {
        using var list = nn.ModuleList<Linear>(nn.Linear(1, 1), nn.Linear(1, 2));
        list.append(nn.Linear(1, 3));
        list.Insert(0, nn.Linear(1, 4));
        Assert.Equal(["0", "1", "2", "3"], list.named_children().Select(entry => entry.name));
        Assert.Equal([4L, 1L, 2L, 3L], list.Select(layer => layer.out_features));
        list.RemoveAt(1);
        list[0] = nn.Linear(1, 5);
        Assert.Equal([5L, 2L, 3L], list.named_children().Select(entry => ((Linear)entry.module).out_features));
        Assert.True(list.Remove(list[1]));
        Assert.Equal((2, 1), (list.Count, list.IndexOf(list[1])));
        list.Clear();
        Assert.Empty(list.parameters());
        using var mixed = nn.ModuleList(nn.ReLU(), nn.Linear(1, 1));
        Assert.Equal(2, mixed.Count);
    }

    [Fact]
    public void Default_weights_are_those_of_PyTorch_in_range()
    {
        using var convolution = nn.Conv2d(4, 6, 5);
        var bound = 1 / Math.Sqrt(4 * 5 * 5);
        Assert.True(convolution.weight.abs().max().ToDouble() <= bound && convolution.bias!.abs().max().ToDouble() <= bound);
        Assert.Equal((400.0 / 4, 600.0 / 4), (nn.init.CalculateFanInAndFanOut(convolution.weight).fanIn, nn.init.CalculateFanInAndFanOut(convolution.weight).fanOut));
        Assert.Equal((Math.Sqrt(2), 5.0 / 3, 1.0), (nn.init.calculate_gain(nn.init.NonlinearityType.ReLU), nn.init.calculate_gain(nn.init.NonlinearityType.Tanh), nn.init.calculate_gain(nn.init.NonlinearityType.Linear)));
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        internal readonly Conv2d first = nn.Conv2d(2, 3, 3, padding: 1);
        private readonly BatchNorm2d _second = nn.BatchNorm2d(3);
        private readonly ModuleList<Linear> _list = nn.ModuleList<Linear>(nn.Linear(2, 2));
        private readonly Parameter _scale = nn.Parameter(ones(1));
        private readonly Tensor _grid = zeros(4, 4);

        internal Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input) => (_second.call(first.call(input)) * _scale) + _grid;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Assert.Single(_list);
        }
    }

    private sealed class Sum2() : nn.Module<Tensor, Tensor, Tensor>(nameof(Sum2))
    {
        public override Tensor forward(Tensor input1, Tensor input2) => input1 + input2;
    }

    private sealed class Sum3() : nn.Module<Tensor, Tensor, Tensor, Tensor>(nameof(Sum3))
    {
        public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) => input1 + input2 + input3;
    }
}
