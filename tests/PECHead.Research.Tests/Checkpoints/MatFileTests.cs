using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using FsCheck.Fluent;
using PECHead.Research.Checkpoints;
using PECHead.Research.Tests.FaceModel.Basel;
using PECHead.Research.Tests.Golden;

namespace PECHead.Research.Tests.Checkpoints;

[Collection(BaselTests.Name)]
public sealed class MatFileTests(BaselOracle oracle)
{
    private static readonly string[] Unread = ["text", "complex", "cells", "record", "sparse"];

    [OracleFact]
    public void Every_array_that_scipy_reads_is_read_equally()
    {
        foreach (var (name, arrays) in oracle.MatFiles())
        {
            using var file = MatFile.Open(oracle.PathOf("mat", name));
            Assert.Equal(arrays.Keys, file.Arrays.Keys.Except(Unread));
            foreach (var (key, expected) in arrays)
            {
                var numbers = MemoryMarshal.Cast<byte, double>(expected.Data).ToArray();
                Assert.Equal(expected.Shape, file[key].Shape);
                Assert.Equal(numbers, file[key].ReadDoubles());
                Assert.Equal(numbers.Select(number => (float)number), file[key].ReadSingles());
            }
        }
    }

    [OracleTheory]
    [InlineData("plain.mat")]
    [InlineData("compressed.mat")]
    public void What_is_no_array_of_real_numbers_is_listed_and_refused(string name)
    {
        using var file = MatFile.Open(oracle.PathOf("mat", name));
        Assert.All(Unread, key =>
        {
            Assert.Equal(MatClass.Other, file[key].Class);
            Assert.Contains(key, Assert.Throws<CheckpointFormatException>(() => file[key].ReadDoubles()).Message, StringComparison.Ordinal);
        });
        Assert.Contains("doubles", Assert.Throws<CheckpointFormatException>(() => file["absent"]).Message, StringComparison.Ordinal);
    }

    [OracleFact]
    public void The_start_of_an_array_can_be_read_alone()
    {
        using var file = MatFile.Open(oracle.PathOf("mat", "compressed.mat"));
        var all = file["singles"].ReadSingles();
        Assert.Equal(all[..600], file["singles"].ReadSingles(600));
        Assert.Throws<ArgumentOutOfRangeException>(() => file["singles"].ReadSingles(all.Length + 1));
        Assert.Throws<CheckpointFormatException>(() => file["singles"].ReadIntegers());
        Assert.Equal([1, 0, 1], file["truth"].ReadIntegers());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_bytes_are_read_or_refused_in_bounded_memory(bool compressed)
    {
        var whole = Small(compressed);
        using var file = new TemporaryFile();
        DamagedFiles.Run(Gen.Choose(0, whole.Length - 1).Zip(Gen.Choose(0, 255)).NonEmptyListOf().Resize(4), changes =>
        {
            var damaged = whole.ToArray();
            foreach (var (index, value) in changes)
                damaged[index] = (byte)value;
            file.Fill(damaged);
            return DamagedFiles.IsReadOrRefused(() => ReadEverything(file.Path));
        });
        DamagedFiles.Run(Gen.Choose(0, whole.Length - 1), length =>
        {
            file.Fill(whole.AsSpan(0, length));
            return DamagedFiles.IsReadOrRefused(() => ReadEverything(file.Path));
        }, 200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_truncated_file_is_refused(bool compressed)
    {
        var whole = Small(compressed);
        using var file = new TemporaryFile(whole.AsSpan(0, whole.Length - 5));
        Assert.Contains("truncated", Assert.Throws<CheckpointFormatException>(() => ReadEverything(file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_the_file_cannot_hold_are_refused_before_memory_is_taken()
    {
        // 2^26 doubles announced everywhere, 8 bytes there.
        var lie = Matrix("x", [1 << 13, 1 << 13], 9, new byte[8], declared: 1 << 29);
        foreach (var bytes in new[] { Wrap(lie, 14), Deflated(Tagged(14, lie, 1 << 30)), Deflated(Tagged(14, lie, 40_000)) })
        {
            using var file = new TemporaryFile(bytes);
            Assert.True(DamagedFiles.IsReadOrRefused(() => Assert.Throws<CheckpointFormatException>(() => ReadEverything(file.Path))));
        }
    }

    [Fact]
    public void A_small_stream_that_inflates_without_end_is_not_followed()
    {
        var zeros = Matrix("x", [1 << 22, 1], 9, new byte[1 << 25]);
        using var file = new TemporaryFile(Deflated(Tagged(14, zeros, zeros.Length)));
        using var opened = MatFile.Open(file.Path);
        Assert.True(DamagedFiles.IsReadOrRefused(() => Assert.Equal(1000, opened["x"].ReadDoubles(1000).Length)));
    }

    [Fact]
    public void Compression_inside_compression_is_refused()
    {
        var inner = Deflated(Tagged(14, Matrix("x", [1, 1], 9, new byte[8]), null)).AsSpan(128).ToArray();
        using var file = new TemporaryFile(Deflated(inner));
        Assert.Contains("inside a compressed one", Assert.Throws<CheckpointFormatException>(() => MatFile.Open(file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_checksum_is_noticed()
    {
        var bytes = Small(compressed: true);
        bytes[^1] ^= 0xFF;
        using var file = new TemporaryFile(bytes);
        Assert.Contains("damaged", Assert.Throws<CheckpointFormatException>(() => ReadEverything(file.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MATLAB 7.3 MAT-file", "-v7")]
    [InlineData("\0\0\0\0", "version 4")]
    [InlineData("text", "version 5")]
    [InlineData("", "truncated")]
    public void Other_files_are_refused_by_kind(string start, string complaint)
    {
        var bytes = new byte[start.Length == 0 ? 3 : 200];
        System.Text.Encoding.Latin1.GetBytes(start).CopyTo(bytes, 0);
        using var file = new TemporaryFile(bytes);
        Assert.Contains(complaint, Assert.Throws<CheckpointFormatException>(() => MatFile.Open(file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_arrays_of_one_name_are_refused()
    {
        var one = Tagged(14, Matrix("x", [1, 1], 9, new byte[8]), null);
        using var file = new TemporaryFile([.. Header(), .. one, .. one]);
        Assert.Contains("'x'", Assert.Throws<CheckpointFormatException>(() => MatFile.Open(file.Path)).Message, StringComparison.Ordinal);
    }

    private static void ReadEverything(string path)
    {
        using var file = MatFile.Open(path);
        foreach (var array in file.Arrays.Values.Where(array => array.Class == MatClass.Numeric))
        {
            array.ReadDoubles();
            if (array.Name == "i")
                array.ReadIntegers();
        }
    }

    private static byte[] Small(bool compressed)
    {
        var arrays = new[]
        {
            Tagged(14, Matrix("x", [2, 3], 9, MemoryMarshal.AsBytes<double>([1, 2, 3, 4, 5, 6]).ToArray()), null),
            Tagged(14, Matrix("i", [5, 1], 4, [1, 0, 2, 0, 3, 0, 4, 0, 5, 0]), null),
            Tagged(14, Matrix("long name", [2, 2, 2], 7, MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5, 6, 7, 8]).ToArray()), null),
        };
        return compressed
            ? [.. Header(), .. arrays.SelectMany(array => Deflated(array).AsSpan(128).ToArray())]
            : [.. Header(), .. arrays.SelectMany(array => array)];
    }

    private static byte[] Header() => [.. "MATLAB 5.0 MAT-file"u8, .. new byte[105], 0, 1, (byte)'I', (byte)'M'];

    private static byte[] Wrap(byte[] element, int type) => [.. Header(), .. Tagged(type, element, null)];

    private static byte[] Deflated(byte[] element)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(element);
        return Wrap(stream.ToArray(), 15);
    }

    // Compressed elements are not padded; those inside an array are.
    private static byte[] Tagged(int type, byte[] data, int? declared)
    {
        var tag = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tag, type);
        BinaryPrimitives.WriteInt32LittleEndian(tag.AsSpan(4), declared ?? data.Length);
        return [.. tag, .. data, .. new byte[type == 15 ? 0 : -data.Length & 7]];
    }

    private static byte[] Matrix(string name, int[] shape, int type, byte[] data, int? declared = null) =>
    [
        .. Tagged(6, [6, 0, 0, 0, 0, 0, 0, 0], null), .. Tagged(5, MemoryMarshal.AsBytes<int>(shape).ToArray(), null),
        .. Tagged(1, System.Text.Encoding.ASCII.GetBytes(name), null), .. Tagged(type, data, declared),
    ];
}
