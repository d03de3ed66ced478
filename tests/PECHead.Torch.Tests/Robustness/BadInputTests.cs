using PECHead.Torch.Interop;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace PECHead.Torch.Tests.Robustness;

/// <summary>Bad shapes, types, ranks and numbers give an exception that names the operator and what it was given.</summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly Operator DeformConv2d = new("pechead::deform_conv2d");

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_matmul_of_mismatched_shapes_which_aborts_TorchSharp_is_an_exception()
    {
        var error = Assert.Throws<TorchException>(() => matmul(rand(2, 3), rand(4, 5)));
        Assert.Contains("aten::matmul", error.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 5]", error.Message, StringComparison.Ordinal);
        Assert.Equal([2L, 2L], matmul(rand(2, 3), rand(3, 2)).shape);
    }

    public static TheoryData<string, string> Wrong
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (name, (part, _)) in Calls) data.Add(name, part);
            return data;
        }
    }

    // Each with a part that its message must have: the operator or the argument.
    private static readonly Dictionary<string, (string Part, Action Call)> Calls = new()
    {
        ["matmul of strings of types"] = ("aten::matmul", () => matmul(rand(2, 3), ones(3, 2, ScalarType.Int64))),
        ["bmm of matrices"] = ("aten::bmm", () => bmm(rand(2, 3), rand(3, 2))),
        ["add that does not broadcast"] = ("aten::add", () => _ = rand(2, 3) + rand(2, 4)),
        ["add into a smaller tensor"] = ("aten::add_", () => rand(3).add_(rand(2, 3))),
        ["bits of floats"] = ("aten::bitwise_and", () => _ = rand(3) & rand(3)),
        ["conv2d of two dimensions"] = ("aten::conv2d", () => F.conv2d(rand(3, 3), rand(1, 1, 3, 3))),
        ["conv2d of other channels"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 2, 3, 3))),
        ["conv2d of other types"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 3, 3, 3).to(ScalarType.Float64))),
        ["conv2d with a bias of another length"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 3, 3, 3), rand(5))),
        ["conv2d smaller than its kernel"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 2, 2), rand(4, 3, 3, 3))),
        ["conv2d with stride 0"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 3, 3, 3), strides: [0, 0])),
        ["conv2d with negative padding"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 3, 3, 3), padding: [-1, 0])),
        ["conv2d with three strides"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 3, 3, 3), strides: [1, 1, 1])),
        ["conv2d with no groups"] = ("aten::conv2d", () => F.conv2d(rand(1, 3, 8, 8), rand(4, 3, 3, 3), groups: 0)),
        ["conv2d with 2^32 groups"] = ("groups", () => F.conv2d(rand(2, 4, 5, 5), rand(6, 2, 3, 3), groups: 1L << 32)),
        ["conv_transpose2d with 2^62 groups"] = ("groups", () => F.conv_transpose2d(rand(2, 4, 5, 5), rand(4, 3, 3, 3), groups: 1L << 62)),
        ["deform_conv2d with offsets of another size"] = ("offset", () => DeformConv2d.Call(rand(1, 2, 4, 4), rand(3, 2, 1, 1), rand(1, 2, 4, 3))),
        ["deform_conv2d with a weight of no groups of the input"] = ("groups", () => DeformConv2d.Call(rand(1, 2, 4, 4), rand(3, 1, 1, 1), rand(1, 2, 4, 4))),
        ["deform_conv2d with a mask of another batch"] = ("mask", () => DeformConv2d.Call(rand(1, 2, 4, 4), rand(3, 2, 1, 1), rand(1, 2, 4, 4), rand(2, 1, 4, 4))),
        ["deform_conv2d with padding 2^62"] = ("padding", () => DeformConv2d.Call(
            rand(1, 2, 4, 4), rand(3, 2, 1, 1), rand(1, 2, 4, 4), Argument.None, Argument.None, new[] { 1L, 1 }, new[] { 1L << 62, 1L << 62 })),
        ["deform_conv2d of integers"] = ("floating", () => DeformConv2d.Call(ones(1, 2, 4, 4, ScalarType.Int64), rand(3, 2, 1, 1), rand(1, 2, 4, 4))),
        ["pixel_shuffle by 2^32"] = ("upscale_factor", () => F.pixel_shuffle(rand(2, 8, 3, 3), 1L << 32)),
        ["pixel_shuffle by -1"] = ("aten::pixel_shuffle", () => F.pixel_shuffle(rand(2, 8, 3, 3), -1)),
        ["remainder of the least int64 by -1"] = ("aten::remainder", () => _ = tensor(long.MinValue) % -1),
        ["remainder of the least int32 by -1"] = ("aten::remainder", () => _ = tensor(int.MinValue) % tensor(-1)),
        ["floor division of the least int64 by -1"] = ("aten::div", () => tensor(long.MinValue).div(tensor(-1L), RoundingMode.floor)),
        ["division in place of the least int64 by -1"] = ("aten::div_", () => tensor(long.MinValue).div_(tensor(-1L), RoundingMode.trunc)),
        ["truncated division of the least int32 by -1"] = ("aten::div", () => tensor(int.MinValue).div(-1, RoundingMode.trunc)),
        ["remainder of integers by 0"] = ("aten::remainder", () => _ = tensor(7) % tensor(0)),
        ["grid_sample with three coordinates"] = ("aten::grid_sampler", () => F.grid_sample(rand(1, 3, 4, 4), rand(1, 2, 2, 3))),
        ["grid_sample of another batch"] = ("aten::grid_sampler", () => F.grid_sample(rand(2, 3, 4, 4), rand(1, 2, 2, 2))),
        ["grid_sample of nothing"] = ("aten::grid_sampler", () => F.grid_sample(empty(1, 3, 0, 4), rand(1, 2, 2, 2))),
        ["grid_sample of other types"] = ("aten::grid_sampler", () => F.grid_sample(rand(1, 3, 4, 4), rand(1, 2, 2, 2).to(ScalarType.Float64))),
        ["grid_sample of a grid that is NaN, whose gradient reads outside the image"] = ("grid", () =>
            F.grid_sample(rand(1, 3, 64, 64), full([1L, 8L, 8L, 2L], float.NaN, requires_grad: true), padding_mode: GridSamplePaddingMode.Border)),
        ["grid_sample of a grid that is infinite, whose gradient reads outside the image"] = ("grid", () =>
            F.grid_sample(rand([1L, 3L, 64L, 64L], requires_grad: true), full([1L, 8L, 8L, 2L], float.PositiveInfinity), padding_mode: GridSamplePaddingMode.Reflection)),
        ["affine_grid without a size"] = ("size", () => F.affine_grid(rand(1, 2, 3))),
        ["interpolate of two dimensions"] = ("interpolate", () => F.interpolate(rand(3, 3), scale_factor: [2, 2], recompute_scale_factor: true)),
        ["interpolate by three scales"] = ("interpolate", () => F.interpolate(rand(1, 1, 3, 3), scale_factor: [2, 2, 2], recompute_scale_factor: true)),
        ["interpolate the area by three scales"] = ("interpolate", () => F.interpolate(rand(1, 1, 3, 3), scale_factor: [2, 2, 2], mode: InterpolationMode.Area)),
        ["interpolate to size and scale"] = ("interpolate", () => F.interpolate(rand(1, 1, 3, 3), [2, 2], [2, 2])),
        ["interpolate to nothing"] = ("upsample", () => F.interpolate(rand(1, 1, 3, 3), [0, 2])),
        ["interpolate by a scale that is no number"] = ("aten::upsample", () => F.interpolate(rand(1, 1, 3, 3), scale_factor: [double.NaN, 2])),
        ["interpolate to the sky"] = ("upsample", () => F.interpolate(rand(1, 1, 3, 3), [1L << 40, 1L << 40])),
        ["pad of an odd list"] = ("pad", () => F.pad(rand(1, 1, 3, 3), [1, 1, 1])),
        ["pad by reflection beyond the size"] = ("pad", () => F.pad(rand(1, 1, 3, 3), (4, 4, 4, 4), PaddingModes.Reflect)),
        ["pad by reflection with no list"] = ("pad", () => F.pad(rand(1, 1, 3, 3), [], PaddingModes.Reflect)),
        ["pad without a list"] = ("pad", () => F.pad(rand(1, 1, 3, 3), (long[])null!)),
        ["avg_pool2d with stride 0"] = ("aten::avg_pool2d", () => F.avg_pool2d(rand(1, 1, 4, 4), 2, 0)),
        ["max_pool2d with kernel 0"] = ("aten::max_pool2d", () => F.max_pool2d(rand(1, 1, 4, 4), 0)),
        ["max_pool2d with dilation 0"] = ("aten::max_pool2d", () => F.max_pool2d(rand(1, 1, 4, 4), 2, dilation: 0)),
        ["unfold with stride 0"] = ("aten::im2col", () => F.unfold(rand(1, 1, 4, 4), 2, stride: 0)),
        ["group_norm of no groups"] = ("aten::group_norm", () => F.group_norm(rand(1, 4, 4, 4), 0)),
        ["batch_norm with statistics of another length"] = ("aten::batch_norm", () => F.batch_norm(rand(1, 4, 4, 4), rand(3), rand(3))),
        ["batch_norm without statistics"] = ("aten::batch_norm", () => F.batch_norm(rand(1, 4, 4, 4), null, null)),
        ["layer_norm of another shape"] = ("aten::layer_norm", () => F.layer_norm(rand(2, 3), [4])),
        ["linear of another width"] = ("aten::linear", () => F.linear(rand(2, 3), rand(4, 5))),
        ["view of another count"] = ("aten::view", () => rand(2, 3).view(4)),
        ["reshape with two unknowns"] = ("aten::reshape", () => rand(2, 3).reshape(-1, -1)),
        ["permute with a repeated dimension"] = ("aten::permute", () => rand(2, 3).permute(0, 0)),
        ["transpose of a dimension that is not there"] = ("aten::transpose", () => rand(2, 3).transpose(0, 2)),
        ["expand of a size that is not 1"] = ("aten::expand", () => rand(2, 3).expand(4, 3)),
        ["as_strided beyond the memory"] = ("aten::as_strided", () => rand(4).as_strided([5], [1])),
        ["as_strided before the memory"] = ("aten::as_strided", () => rand(4).as_strided([2], [1], -3)),
        ["unfold of a longer window"] = ("aten::unfold", () => rand(4).unfold(0, 5, 1)),
        ["split into nothing"] = ("aten::split", () => rand(4).split(0)),
        ["split by sizes that do not add up"] = ("aten::split_with_sizes", () => rand(4).split([1, 2])),
        ["chunk into nothing"] = ("aten::chunk", () => rand(4).chunk(0)),
        ["cat of nothing"] = ("aten::cat", () => cat(Array.Empty<Tensor>())),
        ["cat of other sizes"] = ("aten::cat", () => cat([rand(2, 3), rand(2, 4)])),
        ["stack of other sizes"] = ("aten::stack", () => stack([rand(2), rand(3)])),
        ["meshgrid with an unknown indexing"] = ("aten::meshgrid", () => meshgrid([rand(2), rand(3)], "ji")),
        ["einsum of nonsense"] = ("aten::einsum", () => einsum("ij,jk->i!", rand(2, 3), rand(3, 2))),
        ["einsum of nothing"] = ("aten::einsum", () => einsum("")),
        ["an index beyond the end"] = ("aten::select", () => _ = rand(3)[3]),
        ["an index tensor beyond the end"] = ("aten::index", () => _ = rand(3)[TensorIndex.Tensor(tensor(new long[] { 0, 3 }))]),
        ["too many indices"] = ("3 indices", () => _ = rand(3, 3)[TensorIndex.Colon, 0, TensorIndex.Colon]),
        ["a slice of step -1"] = ("aten::slice", () => _ = rand(3)[TensorIndex.Slice(step: -1)]),
        ["a mask of another size"] = ("aten::index", () => _ = rand(3)[TensorIndex.Tensor(ones(4, ScalarType.Bool))]),
        ["gather beyond the end"] = ("aten::gather", () => rand(3).gather(0, tensor(new long[] { 5 }))),
        ["scatter_add before the start"] = ("aten::scatter_add", () => rand(3).scatter_add(0, tensor(new long[] { -5 }), rand(1))),
        ["index_select of floats"] = ("aten::index_select", () => rand(3).index_select(0, rand(3))),
        ["masked_fill with a float mask"] = ("aten::masked_fill", () => rand(3).masked_fill(rand(3), 1)),
        ["the largest of nothing"] = ("aten::max", () => empty(0).max()),
        ["the mean of integers"] = ("aten::mean", () => ones(3, ScalarType.Int64).mean()),
        ["softmax over a dimension that is not there"] = ("aten::softmax", () => softmax(rand(3), 1)),
        ["the inverse of a singular matrix"] = ("aten::inverse", () => zeros(3, 3).inverse()),
        ["the inverse of an oblong matrix"] = ("aten::inverse", () => rand(2, 3).inverse()),
        ["dropout with probability 2"] = ("aten::dropout", () => F.dropout(rand(3), 2)),
        ["a normal of negative deviation"] = ("aten::normal_", () => rand(3).normal_(0, -1)),
        ["a uniform upside down"] = ("aten::uniform_", () => rand(3).uniform_(1, 0)),
        ["randint upside down"] = ("aten::randint", () => randint(5, 5, [3L])),
        ["randperm of a negative count"] = ("aten::randperm", () => randperm(-1)),
        ["arange without end"] = ("aten::arange", () => arange(0.0, double.PositiveInfinity, 1.0)),
        ["arange with step 0"] = ("aten::arange", () => arange(0, 5, (Scalar)0)),
        ["linspace of negative steps"] = ("aten::linspace", () => linspace(0, 1, -1)),
        ["a negative size"] = ("aten::zeros", () => zeros(2, -1)),
        ["a size beyond any memory"] = ("aten::empty", () => empty(1L << 50)),
        ["ones beyond any memory"] = ("aten::ones", () => ones(1L << 45)),
        ["a size that overflows"] = ("aten::empty", () => empty(1L << 40, 1L << 40)),
        ["repeat to the sky"] = ("aten::repeat", () => rand(2).repeat(1L << 60)),
        ["an element type that is none"] = ("99", () => empty(2, (ScalarType)99)),
        ["a negative element type"] = ("-7", () => empty(2, (ScalarType)(-7))),
        ["a quantized element type"] = ("QInt8", () => empty(2, ScalarType.QInt8)),
        ["a device that is not there"] = ("aten::empty", () => empty(2, device: CUDA)),
        ["a device that is none"] = ("aten::empty", () => empty(2, device: new Device((DeviceType)77))),
        ["a conversion to a type that is none"] = ("99", () => rand(2).to((ScalarType)99)),
        ["a softmax in a type that is none"] = ("99", () => softmax(rand(2), 0, (ScalarType)99)),
        ["backward of a matrix"] = ("backward", () => rand([2L, 2L], requires_grad: true).exp().backward()),
        ["backward of what needs none"] = ("backward", () => rand(1).backward()),
        ["backward twice"] = ("backward", BackwardTwice),
        ["backward with fewer gradients than roots"] = ("gradients", () =>
            autograd.backward([rand([2L], requires_grad: true) * 2, rand([2L], requires_grad: true) * 2], [ones(2)])),
        ["grad with fewer gradients than outputs"] = ("gradients", GradWithFewerGradients),
        ["grad of an input that has no part"] = ("grad", () => autograd.grad([rand([1L], requires_grad: true) * 2], [rand([1L], requires_grad: true)])),
        ["grad of nothing"] = ("grad", () => autograd.grad([], [rand([1L], requires_grad: true)])),
        ["a gradient of integers"] = ("requires_grad", () => ones(2, ScalarType.Int64).requires_grad_()),
        ["a gradient of another shape"] = ("grad", () => rand([2L], requires_grad: true).grad = rand(3)),
        ["a change in place of a leaf"] = ("aten::add_", () => rand([2L], requires_grad: true).add_(1)),
        ["an item of many"] = ("one element", () => rand(2).item<float>()),
        ["an item read as another type"] = ("Double", () => rand(1).item<double>()),
        ["data read as another type"] = ("Double", () => rand(1).data<double>()),
        ["bytes of a transposed tensor"] = ("bytes", () => _ = rand(2, 3).transpose(0, 1).bytes.Length),
        ["a number from many"] = ("aten::item", () => rand(2).ToDouble()),
        ["a tensor of a shape it does not fill"] = ("shape", () => tensor(new[] { 1f, 2f }, [3L])),
        ["an array of texts"] = ("String", () => from_array(new[] { "a" })),
        ["a Conv2d of groups that do not divide"] = ("Conv2d", () => nn.Conv2d(3, 4, 3, groups: 2)),
        ["a Conv2d of negative channels"] = ("Conv2d", () => nn.Conv2d(-3, 4, 3)),
        ["a Conv2d of a negative kernel"] = ("aten::empty", () => nn.Conv2d(3, 4, -3)),
        ["a BatchNorm2d of three dimensions"] = ("BatchNorm2d", () => nn.BatchNorm2d(3).call(rand(1, 3, 4))),
        ["an InstanceNorm2d of one pixel"] = ("instance_norm", () => nn.InstanceNorm2d(3).call(rand(2, 3, 1, 1))),
        ["a BatchNorm2d in training of one pixel"] = ("batch_norm", () => nn.BatchNorm2d(3).call(rand(1, 3, 1, 1))),
        ["an Adam of negative rate"] = ("Adam", () => optim.Adam([new Parameter(rand(2))], lr: -1)),
        ["a fan of a vector"] = ("dimensions", () => nn.init.kaiming_uniform_(rand(3))),
        ["zero threads"] = ("threads", () => set_num_threads(0)),
        ["negative threads"] = ("threads", () => set_num_threads(-4)),
        ["zero threads between operators"] = ("threads", () => set_num_interop_threads(0)),
        ["a generator of a device that is not there"] = ("Generator", () => _ = new Generator(1, CUDA)),
        ["a generator state of another length"] = ("set_state", () => new Generator().set_state(ones(3, ScalarType.Byte))),
        ["a generator state of floats"] = ("set_state", () => new Generator().set_state(rand(5056))),
        ["a module whose name has a dot"] = ("a.b", () => nn.Sequential(("a.b", nn.ReLU()))),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_call_is_refused_by_name(string call, string part)
    {
        var message = Refusal.Of(Calls[call].Call);
        Assert.Contains(part, message, StringComparison.Ordinal);
    }

    private static void BackwardTwice()
    {
        var loss = rand([1L], requires_grad: true).exp();
        loss.backward();
        loss.backward();
    }

    private static void GradWithFewerGradients()
    {
        var x = rand([2L], requires_grad: true);
        autograd.grad([x * 2, x * 3], [x], [ones(2)]);
    }
}
