using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Memory;

/// <summary>Who owns a native tensor, and how its memory is reached.</summary>
public sealed class OwnershipTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_parameter_takes_over_the_memory_of_its_data_and_leaves_its_scope()
    {
        var data = tensor(new[] { 1f, 2f });
        var address = data.Handle;
        var parameter = new Parameter(data);
        Assert.Equal(address, parameter.Handle);
        Assert.True(data.IsInvalid && parameter.requires_grad && parameter.is_leaf);
        Assert.False(_scope.Contains(data) || _scope.Contains(parameter));
        using var frozen = nn.Parameter(rand(2), requires_grad: false);
        Assert.False(frozen.requires_grad);
        parameter.Dispose();
    }

    [Fact]
    public void A_handle_given_away_can_be_wrapped_again()
    {
        var tensor = torch.tensor(new[] { 1f, 2f });
        var handle = tensor.DecoupleFromNativeHandle();
        Assert.True(tensor.IsInvalid);
        Assert.Equal([1f, 2f], Tensor.UnsafeCreateTensor(handle).data<float>());
    }

    [Fact]
    public void Data_reads_and_writes_in_row_major_order_whatever_the_strides()
    {
        var tensor = arange(6, ScalarType.Float32).reshape(2, 3);
        var turned = tensor.transpose(0, 1);
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], turned.data<float>());
        turned.data<float>()[2, 0] = 9;
        Assert.Equal(9, tensor.data<float>()[0, 2]);
        Assert.Equal(9, tensor.data<float>()[2]);
        turned.data<float>().CopyFrom([7, 8], 0, 4);
        Assert.Equal([0f, 1f, 7f, 3f, 4f, 8f], tensor.data<float>());
        var some = new float[4];
        turned.data<float>().CopyTo(some, 1, 3);
        Assert.Equal([0f, 4f, 7f, 8f], some);
        Assert.Equal(6, turned.data<float>().Count);
    }

    [Fact]
    public void Data_outside_the_tensor_or_the_array_is_refused()
    {
        var turned = arange(6, ScalarType.Float32).reshape(2, 3).transpose(0, 1);
        var data = turned.data<float>();
        Assert.All<Action>(
            [
                () => _ = data[6], () => _ = data[-1], () => _ = data[3, 0], () => _ = data[0, 0, 0],
                () => data.CopyTo(new float[6], 0, -1), () => data.CopyTo(new float[5]), () => data.CopyTo(new float[9], -1), () => data.CopyTo(new float[6], 7),
                () => data.CopyTo(new float[6], 0, 7), () => data.CopyFrom(new float[6], 0, -2), () => data.CopyFrom(new float[6], 7), () => data.CopyFrom(null!, 1),
            ],
            call => Assert.IsAssignableFrom<ArgumentException>(Record.Exception(call)));
        turned.Dispose();
        Assert.Throws<TorchException>(() => data[0]);
        Assert.Throws<TorchException>(() => data.ToArray());
    }

    [Fact]
    public void An_accessor_of_a_parameter_that_changed_its_type_is_refused()
    {
        using var layer = nn.Linear(64, 64);
        var data = layer.weight.data<float>();
        layer.to(ScalarType.BFloat16);
        Assert.Throws<ArgumentException>(() => data.ToArray());
    }

    [Fact]
    public void Bytes_show_and_replace_the_memory_of_a_contiguous_tensor()
    {
        var tensor = torch.tensor(new[] { 1, 2 });
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0], tensor.bytes.ToArray());
        tensor.bytes = new byte[] { 5, 0, 0, 0, 6, 0, 0, 0 };
        Assert.Equal([5, 6], tensor.data<int>());
        Assert.Throws<ArgumentException>(() => tensor.bytes = new byte[7]);
    }

    [Fact]
    public void An_item_is_read_from_a_view()
    {
        var tensor = arange(6, ScalarType.Float64).reshape(2, 3).transpose(0, 1);
        Assert.Equal(5, tensor[2, 1].item<double>());
        Assert.Equal(5, tensor[2..3, 1..2].item<double>());
        Assert.Equal(5f, tensor[2, 1].ToSingle());
    }

    [Fact]
    public void A_conversion_can_dispose_its_source()
    {
        var tensor = rand(3);
        var wide = tensor.to(ScalarType.Float64, disposeAfter: true);
        Assert.True(tensor.IsInvalid);
        Assert.Equal(ScalarType.Float64, wide.dtype);
        var same = wide.to(ScalarType.Float64, disposeAfter: true);
        Assert.Equal([3L], same.shape);
    }
}
