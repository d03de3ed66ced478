using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.State;

/// <summary>TorchSharp's file format of a module: its bytes, what it refuses, and what damage does.</summary>
public sealed class ModuleStateTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void The_bytes_are_count_then_name_type_rank_sizes_and_memory_of_each_tensor()
    {
        using var layer = nn.Linear(2, 1);
        using (no_grad())
        {
            layer.weight.copy_(tensor(new[] { 1f, 2f }));
            layer.bias!.fill_(3);
        }
        var expected = new List<byte> { 2 };
        expected.AddRange([6, .. "weight"u8, 6, 2, 1, 2, .. Bytes(1), .. Bytes(2)]);
        expected.AddRange([4, .. "bias"u8, 6, 1, 1, .. Bytes(3)]);
        Assert.Equal(expected, Saved(layer));

        static byte[] Bytes(float value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            return bytes;
        }
    }

    [Fact]
    public void Numbers_above_127_take_two_bytes_with_the_low_seven_bits_first()
    {
        using var norm = nn.BatchNorm2d(300);
        var bytes = Saved(norm);
        var weight = 1 + 1 + "weight".Length;
        Assert.Equal([6, 1, 300 & 0x7f | 0x80, 300 >> 7], bytes[weight..(weight + 4)]);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void A_module_reads_back_what_it_wrote_bit_for_bit(ScalarType type)
    {
        using var first = Net().to(type);
        using var second = Net().to(type);
        second.load(new MemoryStream(Saved(first)));
        Assert.Equal(Saved(first), Saved(second));
        Assert.Equal(ScalarType.Int64, second.state_dict()["1.num_batches_tracked"].dtype);
    }

    [Fact]
    public void A_file_reads_back_and_a_missing_one_is_named()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var first = Net();
        using var second = Net();
        try
        {
            first.save(path);
            second.load(path);
            Assert.Equal(Saved(first), Saved(second));
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => second.load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_layout_is_not_part_of_the_file()
    {
        using var contiguous = Net();
        using var channelsLast = Net();
        channelsLast.load(new MemoryStream(Saved(contiguous)));
        Acceleration.MemoryFormat.ChannelsLast(channelsLast);
        Assert.Equal(Saved(contiguous), Saved(channelsLast));
        channelsLast.load(new MemoryStream(Saved(contiguous)));
        Assert.False(channelsLast.parameters().First().is_contiguous());
    }

    [Fact]
    public void Strict_loading_names_what_is_missing_and_unexpected_and_changes_nothing()
    {
        using var net = Net();
        using var other = nn.Sequential(("0", nn.Conv2d(2, 3, 3)), ("9", nn.Linear(2, 2)));
        var before = Saved(net);
        var error = Assert.Throws<InvalidOperationException>(() => net.load(new MemoryStream(Saved(other))));
        Assert.Contains("missing [1.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("unexpected [9.weight", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Saved(net));
    }

    [Fact]
    public void Loading_that_is_not_strict_takes_what_fits_and_reports_it()
    {
        using var net = Net();
        using var other = nn.Sequential(("0", nn.Conv2d(2, 3, 3)), ("9", nn.Linear(2, 2)));
        var loaded = new Dictionary<string, bool>();
        net.load(new MemoryStream(Saved(other)), strict: false, loadedParameters: loaded);
        Assert.True(loaded["0.weight"] && !loaded["1.weight"]);
        Assert.True(net.state_dict()["0.weight"].allclose(other.state_dict()["0.weight"]));
        var (missing, unexpected) = net.load_state_dict(other.state_dict(), strict: false);
        Assert.Contains("1.bias", missing);
        Assert.Equal(["9.weight", "9.bias"], unexpected);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_and_changes_nothing()
    {
        using var net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 3));
        using var other = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 4));
        var before = Saved(net);
        var error = Assert.Throws<ArgumentException>(() => net.load(new MemoryStream(Saved(other))));
        Assert.Contains("1.weight: shape [4, 2] where [3, 2] is needed", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Saved(net));
    }

    [Fact]
    public void Skipped_names_are_neither_written_nor_asked_for()
    {
        using var net = nn.Linear(2, 2);
        using var stream = new MemoryStream();
        net.save(stream, skip: ["bias"]);
        using var other = nn.Linear(2, 2);
        var bias = other.bias!.data<float>().ToArray();
        other.load(new MemoryStream(stream.ToArray()), skip: ["bias"]);
        Assert.Equal(net.weight.data<float>(), other.weight.data<float>());
        Assert.Equal(bias, other.bias.data<float>());
        Assert.Throws<InvalidOperationException>(() => other.load(new MemoryStream(stream.ToArray())));
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_invalid_and_changes_nothing()
    {
        using var net = Net();
        var whole = Saved(net);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => net.load(new MemoryStream(whole, 0, length)));
        }
        Assert.Equal(whole, Saved(net));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_with_a_changed_byte_loads_or_is_refused_without_taking_memory(bool seekable)
    {
        using var net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm2d(2));
        var whole = Saved(net);
        var before = Native();
        for (var place = 0; place < whole.Length; place++)
        {
            foreach (var change in new byte[] { 1, 0x10, 0x40, 0x80, 0xff })
            {
                var damaged = whole.ToArray();
                damaged[place] ^= change;
                Stream stream = new MemoryStream(damaged);
                if (!seekable) stream = new System.IO.Compression.BrotliStream(new MemoryStream(Compressed(damaged)), System.IO.Compression.CompressionMode.Decompress);
                var error = Record.Exception(() => net.load(stream));
                Assert.True(error is null or InvalidDataException or InvalidOperationException or ArgumentException, $"byte {place} ^ {change}: {error}");
            }
        }
        Assert.True(Native() < before + (64 << 20));

        static long Native()
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    [Fact]
    public void Random_bytes_are_no_state()
    {
        using var net = nn.Linear(3, 2);
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            Assert.True(Record.Exception(() => net.load(new MemoryStream(noise))) is InvalidDataException or InvalidOperationException);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    [InlineData(new byte[] { 1, 0xff, 0xff, 0xff, 0xff, 0x7 })]
    [InlineData(new byte[] { 1, 1, 0x61, 12, 1, 1, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 1, 0x61, 0x86, 2, 1, 1, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 1, 0x61, 6, 65 })]
    [InlineData(new byte[] { 1, 1, 0x61, 6, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    [InlineData(new byte[] { 1, 1, 0xff, 6, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 2, 1, 0x61, 6, 0, 0, 0, 0, 0, 1, 0x61, 6, 0, 0, 0, 0, 0 })]
    public void Impossible_numbers_in_a_file_are_invalid_in_any_kind_of_stream(byte[] bytes)
    {
        using var net = nn.Linear(3, 2);
        Assert.Throws<InvalidDataException>(() => net.load(new MemoryStream(bytes)));
        using var pipe = new System.IO.Compression.BrotliStream(new MemoryStream(Compressed(bytes)), System.IO.Compression.CompressionMode.Decompress);
        Assert.Throws<InvalidDataException>(() => net.load(pipe));
    }

    [Fact]
    public void A_tensor_alone_reads_back_or_is_skipped()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        var (first, second) = (rand(2, 3).transpose(0, 1), tensor(new[] { true, false }));
        first.Save(writer);
        second.Save(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        TensorExtensionMethods.Load(reader, skip: true);
        Assert.Equal([true, false], TensorExtensionMethods.Load(reader).data<bool>());
        stream.Position = 0;
        var again = TensorExtensionMethods.Load(reader);
        Assert.Equal([3L, 2L], again.shape);
        Assert.True(again.allclose(first));
    }

    internal static Sequential Net() => nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 1, 1));

    internal static byte[] Saved(nn.Module module)
    {
        using var stream = new MemoryStream();
        module.save(stream);
        return stream.ToArray();
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var brotli = new System.IO.Compression.BrotliStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(bytes);
        return stream.ToArray();
    }
}
