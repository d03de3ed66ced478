using System.Buffers.Binary;
using System.Text;
using FsCheck.Fluent;
using PECHead.Research.Checkpoints;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>safetensors: the format as written by hand, round trips, and headers that lie.</summary>
public sealed class SafetensorsFileTests
{
    [Fact]
    public void A_file_assembled_by_hand_is_read()
    {
        using var file = new TemporaryFile(Assemble(
            """{"__metadata__":{"format":"pt","who":"größe"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"a":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]},"none":{"dtype":"I64","shape":[0,3],"data_offsets":[9,9]}}   """,
            [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 1]));
        using var stored = StateDictReader.Read(file.Path);

        Assert.Equal(["b", "a", "none"], stored.Keys);
        Assert.Equal("größe", stored.Metadata["who"]);
        Assert.Equal((ElementType.Float32, 2L), (stored["b"].Type, stored["b"].Count));
        Assert.Equal([2L, 1L], stored["b"].Shape);
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], stored["b"].ToBytes());
        Assert.Empty(stored["a"].Shape);
        Assert.Equal([1], stored["a"].ToBytes());
        Assert.Empty(stored["none"].ToBytes());
    }

    [Fact]
    public void What_is_written_is_byte_for_byte_the_documented_layout()
    {
        using var file = new TemporaryFile();
        SafetensorsFile.Save(
            file.Path,
            [KeyValuePair.Create("flag", Tensor(ElementType.Bool, [1], 1)), KeyValuePair.Create("w", Tensor(ElementType.Int16, [2], 1, 2, 3, 4))],
            new Dictionary<string, string> { ["format"] = "pt" });

        var header = """{"__metadata__":{"format":"pt"},"w":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},"flag":{"dtype":"BOOL","shape":[1],"data_offsets":[4,5]}}""";
        Assert.Equal(Assemble(header.PadRight((header.Length + 7) / 8 * 8), [1, 2, 3, 4, 1]), File.ReadAllBytes(file.Path));
    }

    [Fact]
    public void Any_tensors_survive_a_round_trip_and_give_the_same_bytes_in_any_order()
    {
        var tensor = from type in Gen.Elements(Enum.GetValues<ElementType>())
                     from shape in Gen.Choose(0, 4).Select(size => (long)size).ArrayOf().Where(shape => shape.Length <= 4)
                     let count = shape.Aggregate(1L, (product, size) => product * size)
                     from bytes in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf((int)count * type.ByteSize())
                     select StoredTensor.Contiguous(type, shape, new MemoryStorage(bytes));
        var name = Gen.Elements("weight", "bias", "\"quoted\"", "größe", "a.b.c", "", "\u0001", "😀", "W").Zip(Gen.Choose(0, 9), (text, i) => text + i);
        var dictionary = name.Zip(tensor).ArrayOf().Resize(8).Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2));
        using var file = new TemporaryFile();
        using var again = new TemporaryFile();
        DamagedFiles.Run(dictionary, tensors =>
        {
            SafetensorsFile.Save(file.Path, tensors, new Dictionary<string, string> { ["step"] = "3" });
            SafetensorsFile.Save(again.Path, tensors.Reverse(), new Dictionary<string, string> { ["step"] = "3" });
            using var read = SafetensorsFile.Open(file.Path);
            return read.Metadata["step"] == "3"
                && read.Count == tensors.Count
                && tensors.All(entry => read[entry.Key].Type == entry.Value.Type
                    && read[entry.Key].Shape.SequenceEqual(entry.Value.Shape)
                    && read[entry.Key].ToBytes().AsSpan().SequenceEqual(entry.Value.ToBytes()))
                && File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(File.ReadAllBytes(again.Path));
        }, cases: 60);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "describes 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""", "too many")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""", "too many")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}""", "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "lacks")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", "extra")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "dtype")]
    [InlineData("""{"a":[1,2]}""", "StartArray")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "strings")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[[[[[2]]]]]]]]]],"data_offsets":[0,8]}}""", "")]
    public void A_header_that_lies_is_refused(string header, string named)
    {
        using var file = new TemporaryFile(Assemble(header, new byte[8]));
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(file.Path));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(99_000_000UL)]
    public void A_header_length_beyond_the_file_or_the_limit_is_refused_without_allocating_it(ulong length)
    {
        var bytes = Assemble("""{}""", []);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        using var file = new TemporaryFile(bytes);
        Assert.True(DamagedFiles.IsReadOrRefused(() => Assert.Throws<CheckpointFormatException>(() => SafetensorsFile.Open(file.Path))));
    }

    [Fact]
    public void A_file_truncated_at_any_byte_is_an_error()
    {
        var whole = Sample();
        using var file = new TemporaryFile();
        for (var length = 0; length < whole.Length; length++)
        {
            file.Fill(whole.AsSpan(0, length));
            Assert.Throws<CheckpointFormatException>(() => DamagedFiles.ReadEverything(file.Path));
        }
    }

    [Fact]
    public void A_file_damaged_anywhere_is_read_or_refused() => DamagedFiles.Mutate(Sample());

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_nothing_beside_it()
    {
        using var file = new TemporaryFile("old"u8);
        using var source = new TemporaryFile(Sample());
        var closed = SafetensorsFile.Open(source.Path);
        closed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SafetensorsFile.Save(file.Path, closed));
        Assert.Equal("old"u8, File.ReadAllBytes(file.Path));
        Assert.Single(file.Neighbours);
    }

    [Theory]
    [InlineData("__metadata__")]
    [InlineData("twice")]
    public void A_reserved_or_repeated_name_cannot_be_saved(string name)
    {
        using var file = new TemporaryFile();
        var tensor = Tensor(ElementType.UInt8, [1], 1);
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Save(
            file.Path, [KeyValuePair.Create(name, tensor), KeyValuePair.Create("twice", tensor)]));
        Assert.Empty(file.Neighbours);
    }

    private static StoredTensor Tensor(ElementType type, long[] shape, params byte[] bytes) =>
        StoredTensor.Contiguous(type, shape, new MemoryStorage(bytes));

    private static byte[] Sample() => Assemble(
        """{"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"n":{"dtype":"I64","shape":[],"data_offsets":[16,24]}} """,
        [.. Enumerable.Range(0, 24).Select(i => (byte)i)]);

    private static byte[] Assemble(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)json.Length);
        return [.. prefix, .. json, .. data];
    }
}
