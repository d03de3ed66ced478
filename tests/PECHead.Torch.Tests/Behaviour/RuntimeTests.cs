using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace PECHead.Torch.Tests.Behaviour;

/// <summary>Threads, devices, mixed precision and memory formats.</summary>
public sealed partial class RuntimeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Operators_run_on_every_core_unless_the_environment_says_otherwise()
    {
        var wanted = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { } number
            ? int.Parse(number.Split(',')[0], CultureInfo.InvariantCulture)
            : Environment.ProcessorCount;
        Assert.Equal(wanted, get_num_threads());
        Assert.True(get_num_interop_threads() > 0);
    }

    [Fact]
    public void The_number_of_threads_can_be_set_and_zero_changes_nothing()
    {
        var before = get_num_threads();
        try
        {
            set_num_threads(3);
            Assert.Equal(3, get_num_threads());
            Assert.Throws<TorchException>(() => set_num_threads(0));
            Assert.Equal(3, get_num_threads());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Idle_threads_do_not_spin()
    {
        Assert.True(get_num_threads() > 0);
        var wanted = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "passive";
        Assert.Equal(wanted, Marshal.PtrToStringUTF8(CEnvironment("OMP_WAIT_POLICY")));
    }

    [Fact]
    public void Without_CUDA_its_functions_say_so()
    {
        Assert.Equal(cuda.device_count() > 0, cuda.is_available());
        if (cuda.is_available()) return;
        Assert.Contains("CUDA", Assert.Throws<TorchException>(() => zeros(1).cuda()).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<TorchException>(() => nn.Linear(1, 1).cuda());
    }

    [Theory]
    [InlineData("cpu", DeviceType.CPU, -1)]
    [InlineData("cuda", DeviceType.CUDA, -1)]
    [InlineData("cuda:1", DeviceType.CUDA, 1)]
    public void Devices_are_read_from_text_and_written_as_text(string text, DeviceType type, int index)
    {
        Device[] devices = [device(text), text, new Device(text), device(type, index)];
        Assert.All(devices, one => Assert.Equal((type, index, text), (one.type, one.index, one.ToString())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("1")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    public void Texts_that_are_no_device_are_refused(string text) => Assert.Throws<ArgumentException>(() => device(text));

    [Fact]
    public void Autocast_computes_convolutions_in_bfloat16_inside_and_in_float32_outside()
    {
        using var layer = nn.Conv2d(3, 4, 3);
        var image = rand(1, 3, 8, 8);
        var exact = layer.call(image);
        using (new Acceleration.Autocast(DeviceType.CPU, ScalarType.BFloat16))
        {
            var narrow = layer.call(image);
            Assert.Equal(ScalarType.BFloat16, narrow.dtype);
            Assert.True(narrow.to(ScalarType.Float32).allclose(exact, rtol: 0.05, atol: 0.05));
            narrow.@float().sum().backward();
        }
        Assert.Equal(ScalarType.Float32, layer.weight.grad!.dtype);
        Assert.Equal(ScalarType.Float32, layer.call(image).dtype);
    }

    [Fact]
    public void The_end_of_an_inner_autocast_leaves_the_outer_one_on()
    {
        using var layer = nn.Linear(3, 4);
        var input = rand(2, 3);
        using (var outer = new Acceleration.Autocast(DeviceType.CPU, ScalarType.BFloat16))
        {
            var inner = new Acceleration.Autocast(DeviceType.CPU, ScalarType.BFloat16);
            inner.Dispose();
            inner.Dispose();
            Assert.Equal(ScalarType.BFloat16, layer.call(input).dtype);
        }
        Assert.Equal(ScalarType.Float32, layer.call(input).dtype);
    }

    [Fact]
    public void Autocast_sees_weights_that_changed_since_the_last_region()
    {
        using var layer = nn.Linear(3, 4, hasBias: false);
        var input = ones(2, 3);
        for (var value = 1; value < 4; value++)
        {
            nn.init.constant_(layer.weight, value);
            using var region = new Acceleration.Autocast(DeviceType.CPU, ScalarType.BFloat16);
            Assert.Equal(3 * value, layer.call(input)[0, 0].ToSingle());
        }
    }

    [Fact]
    public void Autocast_of_an_unknown_device_or_type_is_refused_and_leaves_nothing_on()
    {
        Assert.Throws<TorchException>(() => new Acceleration.Autocast(DeviceType.XLA, ScalarType.BFloat16));
        Assert.Throws<ArgumentException>(() => new Acceleration.Autocast(DeviceType.CPU, ScalarType.Int64));
        Assert.Equal(ScalarType.Float32, F.linear(rand(2, 2), rand(2, 2)).dtype);
    }

    [Fact]
    public void Channels_last_changes_strides_and_not_results()
    {
        using var net = nn.Sequential(nn.Conv2d(3, 8, 3, padding: 1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 2, 3, stride: 2));
        var image = rand(2, 3, 16, 16);
        net.eval();
        var contiguous = net.call(image);
        var parameters = net.parameters().ToList();
        Assert.Same(net, Acceleration.MemoryFormat.ChannelsLast(net));
        var turned = Acceleration.MemoryFormat.ChannelsLast(image);
        Assert.Equal([3 * 16 * 16, 1, 3 * 16, 3L], turned.stride());
        Assert.Equal([27, 1, 9, 3L], net.parameters().First().stride());
        Assert.Equal(parameters, net.parameters());
        var result = net.call(turned);
        Assert.Equal(1, result.stride(1));
        Assert.True(result.allclose(contiguous, atol: 1e-6));
    }

    // .NET keeps an environment of its own; libgomp reads that of the C library.
    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint CEnvironment(string name);
}
