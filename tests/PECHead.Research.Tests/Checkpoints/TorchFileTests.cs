using PECHead.Research.Checkpoints;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>Both layouts of torch.save, byte for byte against what PyTorch says is in them.</summary>
public sealed class TorchFileTests(PythonCheckpoints python) : IClassFixture<PythonCheckpoints>
{
    [Fact]
    public void Every_tensor_has_the_type_the_shape_and_the_bytes_that_PyTorch_saved() => Assert.All(python.Files, file =>
    {
        using var stored = StateDictReader.Read(python.PathOf(file.File), file.Container);

        Assert.Equal(file.Tensors.Keys, stored.Keys);
        Assert.All(file.Tensors, expected =>
        {
            var tensor = stored[expected.Key];
            Assert.Equal(expected.Value.Dtype, PyTorchName(tensor.Type));
            Assert.Equal(expected.Value.Shape, tensor.Shape);
            Assert.Equal(expected.Value.Data, tensor.ToBytes());
        });
    });

    [Fact]
    public void The_oracle_wrote_both_layouts_of_every_kind()
    {
        Assert.True(python.Files.Count > 25);
        Assert.Contains(python.Files, file => file.Tensors.Count == 31);
        Assert.Contains(python.Files, file => file.File.StartsWith("storage_views", StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_text_and_descriptors_of_a_log_survive()
    {
        foreach (var layout in new[] { "zip", "legacy" })
        {
            var root = ReadTree(python.PathOf($"logs.{layout}.pth"));
            var loss = Assert.IsType<List<object?>>(Assert.IsType<PickleDict>(root["logs"])["loss"]);
            Assert.Equal([0.5, 0.25, 0.125, -7L, 200L, true, 1.5], loss);
            Assert.Equal(System.Numerics.BigInteger.Pow(2, 70), root["big"]);
            Assert.Equal(-(1L << 40), root["negative"]);
            Assert.Equal("größe \u4e2d", root["text"]);
            Assert.Equal([0x00, 0xff, .. " bytes"u8], Assert.IsType<byte[]>(root["raw"]));
            Assert.Equal([1L, 2L, 3L], Assert.IsType<object?[]>(root["size"]));
            Assert.Equal(new TorchDescriptor("cuda:0"), root["device"]);
            Assert.Equal(new TorchDescriptor("torch.float16"), root["dtype"]);
            Assert.Equal([(3L, 2L), (5L, 1L)], Assert.IsType<PickleDict>(root["milestones"]).Entries.Select(entry => ((long)entry.Key!, (long)entry.Value!)));
        }
    }

    [Theory]
    [InlineData("system", "posix.system")]
    [InlineData("eval", "eval")]
    [InlineData("getattr", "getattr")]
    [InlineData("namespace", "collections.namedtuple")]
    [InlineData("array", "_reconstruct")]
    [InlineData("complex", "torch.ComplexFloatStorage")]
    [InlineData("sparse", "_rebuild_sparse_tensor")]
    [InlineData("quantized", "torch.")]
    [InlineData("module", "module")]
    public void Anything_but_plain_tensors_is_refused_by_name_and_never_runs(string name, string named)
    {
        foreach (var layout in new[] { "zip", "legacy" })
        {
            var error = Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(python.PathOf($"refused.{name}.{layout}.pth")));
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(python.PathOf("executed")));
    }

    [Theory]
    [InlineData("other.script.pt", "TorchScript")]
    [InlineData("other.npz", "data.pkl")]
    [InlineData("other.tensor.pth", "single value")]
    [InlineData("other.tar", "tar archive")]
    [InlineData("other.pickle", "plain pickle")]
    public void A_file_of_another_kind_is_named_in_the_error(string file, string named)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(python.PathOf(file)));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_several_state_dicts_asks_for_a_name_and_lists_them()
    {
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(python.PathOf("training.zip.pth")));
        Assert.Contains("'generator', 'kp_detector'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("optimizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_container_is_an_error_that_lists_what_is_there()
    {
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictReader.Read(python.PathOf("training.legacy.pth"), "discriminator"));
        Assert.Contains("'generator'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("small.zip.pth")]
    [InlineData("small.legacy.pth")]
    public void A_file_truncated_at_any_byte_is_an_error(string file)
    {
        var whole = File.ReadAllBytes(python.PathOf(file));
        using var cut = new TemporaryFile();
        for (var length = 0; length < whole.Length; length++)
        {
            cut.Fill(whole.AsSpan(0, length));
            Assert.Throws<CheckpointFormatException>(() => DamagedFiles.ReadEverything(cut.Path));
        }
    }

    [Theory]
    [InlineData("small.zip.pth")]
    [InlineData("small.legacy.pth")]
    [InlineData("logs.legacy.pth")]
    public void A_file_damaged_anywhere_is_read_or_refused_in_bounded_time_and_memory(string file) =>
        DamagedFiles.Mutate(File.ReadAllBytes(python.PathOf(file)));

    [Fact]
    public void A_missing_file_is_reported_as_missing() =>
        Assert.Throws<FileNotFoundException>(() => StateDictReader.Read(python.PathOf("absent.pth")));

    private static PickleDict ReadTree(string path)
    {
        if (path.EndsWith(".zip.pth", StringComparison.Ordinal))
        {
            var root = TorchZipFile.Read(path, out var archive);
            archive.Dispose();
            return (PickleDict)root!;
        }

        using var file = MappedFile.Open(path);
        return (PickleDict)LegacyTorchFile.Read(file)!;
    }

    private static string PyTorchName(ElementType type) => type.ToString().ToLowerInvariant();
}
