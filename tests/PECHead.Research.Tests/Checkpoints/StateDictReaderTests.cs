using System.Text;
using PECHead.Research.Checkpoints;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>Files that are no weights at all, and views that are not what they seem.</summary>
public sealed class StateDictReaderTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("<!DOCTYPE html><html><body>Log in</body></html>", "web page")]
    [InlineData("\n\n  <HTML><head></head>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00", "git lfs pull")]
    [InlineData("\x1f\x8b\x8\0\0\0\0\0", "archive")]
    [InlineData("\x2\u000eencoder.weight\x6\x1\x1\0\0\0\0", "load()")]
    [InlineData("\x80\x4\x95\x3\0\0\0\0\0\0\0]\x94.", "plain pickle")]
    [InlineData("not weights", "neither")]
    public void A_file_of_another_kind_is_refused_with_advice(string content, string named)
    {
        using var file = new TemporaryFile(Encoding.Latin1.GetBytes(content));
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(file.Path));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_of_a_safetensors_file_is_refused()
    {
        using var file = new TemporaryFile();
        SafetensorsFile.Save(file.Path, []);
        Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(file.Path, "generator"));
        using var whole = StateDictReader.Read(file.Path);
        Assert.Empty(whole);
    }

    [Fact]
    public void Bytes_of_a_strided_view_come_in_row_major_order()
    {
        var storage = new MemoryStorage(Enumerable.Range(0, 24).Select(i => (byte)i).ToArray());
        var transposed = new StoredTensor(ElementType.UInt8, [2, 3, 2], [2, 4, 1], 5, storage);
        Assert.False(transposed.IsContiguous);
        Assert.Equal([5, 6, 9, 10, 13, 14, 7, 8, 11, 12, 15, 16], transposed.ToBytes());
        var expanded = new StoredTensor(ElementType.Int16, [3, 2], [0, 1], 1, storage);
        Assert.Equal([2, 3, 4, 5, 2, 3, 4, 5, 2, 3, 4, 5], expanded.ToBytes());
    }

    [Fact]
    public void A_view_that_repeats_one_element_without_bound_is_refused() =>
        Assert.Throws<CheckpointFormatException>(
            () => new StoredTensor(ElementType.Float32, [1L << 20, 1L << 20], [0, 0], 0, new MemoryStorage(new byte[4])));
}
