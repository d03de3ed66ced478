using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>Weights as tensors.</summary>
public sealed class StateDictTests(PythonCheckpoints python) : IClassFixture<PythonCheckpoints>
{
    [Fact]
    public void Every_file_of_PyTorch_becomes_tensors_with_its_bytes() => Assert.All(python.Files, file =>
    {
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(python.PathOf(file.File), file.Container);

        Assert.Equal(file.Tensors.Keys, tensors.Keys);
        Assert.All(file.Tensors, expected =>
        {
            var tensor = tensors[expected.Key];
            Assert.Equal(expected.Value.Shape, tensor.shape);
            Assert.Equal(expected.Value.Dtype, tensor.dtype == ScalarType.Byte ? "uint8" : tensor.dtype.ToString().ToLowerInvariant());
            Assert.True(tensor.numel() == 0 || tensor.bytes.SequenceEqual(expected.Value.Data));
        });
    });

    [Fact]
    public void Saved_tensors_of_any_strides_come_back_equal()
    {
        using var scope = NewDisposeScope();
        using var file = new TemporaryFile();
        var matrix = arange(12, ScalarType.Float32).reshape(3, 4);
        var tensors = new Dictionary<string, Tensor>
        {
            ["matrix"] = matrix,
            ["transposed"] = matrix.transpose(0, 1),
            ["part"] = matrix.narrow(1, 1, 2),
            ["scalar"] = tensor(7L),
            ["empty"] = empty(0, 3),
            ["half"] = matrix.to(ScalarType.BFloat16),
            ["flags"] = matrix.gt(4),
            ["trained"] = ones(2, requires_grad: true),
        };
        StateDict.Save(file.Path, tensors, new Dictionary<string, string> { ["step"] = "12" });
        var loaded = StateDict.Load(file.Path);

        Assert.Equal(tensors.Keys.Order(), loaded.Keys.Order());
        Assert.All(tensors, entry =>
        {
            Assert.Equal(entry.Value.dtype, loaded[entry.Key].dtype);
            Assert.Equal(entry.Value.shape, loaded[entry.Key].shape);
            Assert.True(entry.Value.numel() == 0 || entry.Value.eq(loaded[entry.Key]).all().item<bool>());
        });
        using var stored = StateDictReader.Read(file.Path);
        Assert.Equal("12", stored.Metadata["step"]);
    }

    [Fact]
    public void A_module_takes_the_weights_that_PyTorch_trained()
    {
        using var scope = NewDisposeScope();
        var network = nn.Sequential(
            ("0", nn.Conv2d(3, 4, 3)), ("1", nn.BatchNorm2d(4)), ("2", nn.ReLU()), ("3", nn.Conv2d(4, 2, 1)));
        network.load_state_dict(StateDict.Load(python.PathOf("module.legacy.pth")));
        var expected = python.Files.Single(file => file.File == "module.legacy.pth").Tensors;
        Assert.All(network.state_dict(), entry => Assert.True(entry.Value.detach().bytes.SequenceEqual(expected[entry.Key].Data)));
    }

    [Fact]
    public void A_damaged_file_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var whole = File.ReadAllBytes(python.PathOf("module.legacy.pth"));
        using var cut = new TemporaryFile(whole.AsSpan(0, whole.Length - 1));
        Assert.Throws<CheckpointFormatException>(() => StateDict.Load(cut.Path));
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void A_TorchSharp_file_is_told_apart_and_named()
    {
        using var scope = NewDisposeScope();
        using var file = new TemporaryFile();
        nn.Linear(3, 2).save(file.Path);
        var error = Assert.Throws<CheckpointFormatException>(() => StateDict.Load(file.Path));
        Assert.Contains("load()", error.Message, StringComparison.Ordinal);
    }
}
