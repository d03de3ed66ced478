using System.Buffers.Binary;
using System.Text;
using FsCheck.Fluent;
using PECHead.Research.Checkpoints;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>The pickle machine on streams written by hand: what it builds, and how it fails.</summary>
public sealed class PickleReaderTests
{
    private const byte Stop = (byte)'.';

    [Fact]
    public void Containers_are_built_and_shared_values_stay_shared()
    {
        // {'a': [1, 2], 'b': <the same list>}
        var root = Assert.IsType<PickleDict>(Read([0x80, 2, .. "}q\0(X\u0001\0\0\0a]q\u0001(K\u0001K\u0002eX\u0001\0\0\0bh\u0001u."u8]));
        Assert.Equal([1L, 2L], Assert.IsType<List<object?>>(root["a"]));
        Assert.Same(root["a"], root["b"]);
    }

    [Fact]
    public void A_repeated_key_keeps_the_last_value()
    {
        var root = Assert.IsType<PickleDict>(Read("}(U\u0001aK\u0001U\u0001aK\u0002u."u8));
        Assert.Equal(2L, root["a"]);
        Assert.Single(root.Entries);
    }

    [Fact]
    public void A_dictionary_that_contains_itself_is_no_endless_search()
    {
        var root = Read("}q\0(U\u0001ah\0u."u8);
        Assert.Throws<CheckpointFormatException>(() => StateDictSearch.Find(root, null));
    }

    [Theory]
    [InlineData("cos\nsystem\n(U\x6touch tR.", "os.system")]
    [InlineData("cbuiltins\neval\nU\x1" + "1\x85R.", "builtins.eval")]
    [InlineData("c__builtin__\ngetattr\n.", "__builtin__.getattr")]
    [InlineData("ctorch\nload\n.", "torch.load")]
    [InlineData("ctorch.nn.modules.linear\nLinear\n)\x81.", "torch.nn.modules.linear.Linear")]
    [InlineData("\x8c\x5posix\x8c\x6system\x93.", "posix.system")]
    [InlineData("ctorch\n\x1b[2Jred\n.", "torch.?[2Jred")]
    public void Any_other_name_is_refused_and_quoted(string pickle, string name)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => Read(Encoding.Latin1.GetBytes(pickle)));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i")]
    [InlineData("o")]
    [InlineData("P")]
    [InlineData("\x82\x1")]
    [InlineData("\x92")]
    [InlineData("I1\n")]
    public void Opcodes_that_no_state_dict_needs_are_refused(string opcode) =>
        Assert.Contains("opcode", Refusal([.. Encoding.Latin1.GetBytes(opcode), Stop]), StringComparison.Ordinal);

    [Theory]
    [InlineData(".")]
    [InlineData("(.")]
    [InlineData("K\x1(0\x30\x30")]
    [InlineData("t.")]
    [InlineData("K\x1\x87.")]
    [InlineData("K\x1(\x85.")]
    [InlineData("h\0.")]
    [InlineData("K\x1K\x2" + "a.")]
    [InlineData("}(K\x1u.")]
    [InlineData("K\x1K\x2K\x3s.")]
    [InlineData("K\x1K\x2R.")]
    [InlineData("K\x1)R.")]
    [InlineData("]Nb.")]
    [InlineData("K\x1Q.")]
    [InlineData("X\x2\0\0\0\xff\xfe.")]
    [InlineData("\x80\x7fN.")]
    public void Streams_that_make_no_sense_are_refused(string pickle) => Refusal(Encoding.Latin1.GetBytes(pickle));

    [Theory]
    [InlineData((byte)'X', 4)]
    [InlineData((byte)'B', 4)]
    [InlineData((byte)'T', 4)]
    [InlineData(0x8b, 4)]
    [InlineData(0x8d, 8)]
    [InlineData(0x8e, 8)]
    public void A_huge_length_is_refused_before_anything_is_allocated(byte opcode, int size)
    {
        foreach (var length in new ulong[] { 0xffffffffffffffff, 0x7fffffffffffffff, 0x7fffffff7fffffff, 0x8000000080000000 })
        {
            var bytes = new byte[16];
            bytes[0] = opcode;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), length);
            Assert.True(DamagedFiles.IsReadOrRefused(() => Refusal(bytes.AsSpan(0, 1 + size))));
        }
    }

    [Fact]
    public void Deep_nesting_neither_overflows_the_stack_nor_passes_the_limit()
    {
        // Half a million tuples inside each other are only references.
        Assert.NotNull(Read([.. "N"u8, .. Enumerable.Repeat((byte)0x85, 500_000), Stop]));
        Assert.Contains("nests", Refusal([.. Enumerable.Repeat((byte)'(', 1_000_000), Stop]), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_values_or_containers_are_refused()
    {
        Assert.Contains("stacks", Refusal([.. Enumerable.Repeat((byte)'N', 5_000_000), Stop]), StringComparison.Ordinal);
        Assert.Contains("containers", Refusal([.. Enumerable.Repeat("}0"u8.ToArray(), 1_000_001).SelectMany(pair => pair), Stop]), StringComparison.Ordinal);
    }

    [Fact]
    public void Repeated_calls_cannot_multiply_what_they_are_given()
    {
        // OrderedDict of 1,000 pairs, called again and again on the same list.
        var pairs = Enumerable.Range(0, 1000).SelectMany(i => (byte[])[.. "U\u0004"u8, .. Encoding.ASCII.GetBytes($"{i:d4}"), (byte)'N', 0x86]);
        byte[] start = [.. "ccollections\nOrderedDict\nq\0]("u8, .. pairs, .. "eq\u0001"u8];
        var calls = Enumerable.Repeat((byte[])[.. "h\0h\u0001"u8, 0x85, .. "R0"u8], 100_000).SelectMany(call => call);
        Assert.Contains("containers", Refusal([.. start, .. calls, Stop]), StringComparison.Ordinal);
    }

    [Fact]
    public void Memo_slots_of_any_number_cost_only_what_is_stored()
    {
        byte[] pickle = [.. "Nr"u8, 0xff, 0xff, 0xff, 0xff, .. "0j"u8, 0xff, 0xff, 0xff, 0xff, Stop];
        Assert.True(DamagedFiles.IsReadOrRefused(() => Assert.Null(Read(pickle))));
    }

    [Theory]
    [InlineData("(K\x3K\x4t", "(K\x4K\x1t", 0, true)]
    [InlineData("(K\x3K\x5t", "(K\x4K\x1t", 0, false)]
    [InlineData("(K\x3K\x4t", "(K\x4K\x1t", 1, false)]
    [InlineData("(K\x3K\x4t", "(K\x4J\xff\xff\xff\xfft", 0, false)]
    [InlineData("(K\x3t", "(K\x4K\x1t", 0, false)]
    [InlineData("(J\xff\xff\xff\xfft", "(K\x1t", 0, false)]
    [InlineData("(\x8a\x8\0\0\0\0\0\0\0\x40\x8a\x8\0\0\0\0\0\0\0\x40t", "(K\0K\0t", 0, false)]
    [InlineData("(K\0\x8a\x8\0\0\0\0\0\0\0\x40\x8a\x8\0\0\0\0\0\0\0\x40t", "(K\0K\0K\0t", 0, false)]
    [InlineData("(J\0\0\0\x40t", "(K\0t", 0, false)]
    [InlineData(")", ")", 11, true)]
    [InlineData(")", ")", 12, false)]
    public void A_view_must_lie_in_its_storage(string size, string stride, byte offset, bool fits)
    {
        // Twelve floats; a view of the given offset, size and stride.
        var pickle = "ctorch._utils\n_rebuild_tensor_v2\n((U\x7storagectorch\nFloatStorage\nU\x1" + "0U\x3" + $"cpuK\xctQK{(char)offset}{size}{stride}\x89NtR.";
        var bytes = Encoding.Latin1.GetBytes(pickle);
        if (fits)
            Assert.NotNull(Assert.IsType<StoredTensor>(Read(bytes)).ToBytes());
        else
            Refusal(bytes);
    }

    [Fact]
    public void Random_streams_are_read_or_refused_in_bounded_memory()
    {
        // Mostly opcodes that do something, so that the streams get somewhere.
        var opcode = Gen.Elements(("(}])tdlaeuNsKKKUXqh0" + "12RbQc\x80\x85\x86\x87\x88\x89\x8a\x8c\x93\x94\x95.").ToCharArray());
        var any = Gen.Choose(0, 255).Select(value => (byte)value);
        var stream = Gen.Frequency((4, opcode.Select(c => (byte)c)), (1, any)).ArrayOf().Resize(60);
        DamagedFiles.Run(stream, bytes => DamagedFiles.IsReadOrRefused(() => Read(bytes)), DamagedFiles.Cases);
    }

    private static object? Read(ReadOnlySpan<byte> pickle) => PickleReader.Read(
        new PickleInput(new MemoryStorage(pickle.ToArray()), 0),
        new TorchVocabulary(id => new MemoryStorage(new byte[Math.Min(id.ByteLength, 1024)])));

    private static string Refusal(ReadOnlySpan<byte> pickle)
    {
        var bytes = pickle.ToArray();
        return Assert.Throws<CheckpointFormatException>(() => Read(bytes)).Message;
    }
}
