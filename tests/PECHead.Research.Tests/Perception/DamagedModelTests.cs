using System.Text;
using PECHead.Research.Data;
using PECHead.Research.Losses;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

public sealed class DamagedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_tiny_graph_runs_as_it_should()
    {
        using var model = GraphModel.Load(TinyGraph.Write(_folder));
        using var scope = NewDisposeScope();
        var output = model.call(ones([3, 1, 4, 4]))["out"];
        TensorAssert.Close(tensor(new float[] { 2, 0, 2, 0, 2, 0 }, [3, 2]), output, 0);
        Assert.Equal([-1, 1, 4, 4], model.InputShape);
    }

    [Theory]
    [InlineData("\"op\":\"Relu\"", "\"op\":\"Cumsum\"", "node 'relu' is a Cumsum, an operator that is not known here")]
    [InlineData("\"input\":[\"conv\"]", "\"input\":[\"mean\"]", "the graph has a cycle")]
    [InlineData("\"input\":[\"conv\"]", "\"input\":[\"relu\"]", "the graph has a cycle")]
    [InlineData("\"input\":[\"conv\"]", "\"input\":[\"nowhere\"]", "reads 'nowhere', which does not exist")]
    [InlineData("\"input\":[\"conv\"]", "\"input\":[]", "has 0 inputs")]
    [InlineData("\"input\":[\"x\",\"w\"]", "\"input\":[\"x\"]", "input 1 is missing")]
    [InlineData("\"input\":[\"x\",\"w\"]", "\"input\":[\"x\",\"axes\"]", "no float constant")]
    [InlineData("\"input\":[\"x\",\"w\"]", "\"input\":[\"w\",\"x\"]", "a constant where a computed value belongs")]
    [InlineData("[1,1,1,2]", "[1,1,2,1]", "filters [1, 1, 2, 1] for 1 channels")]
    [InlineData("[1,1,1,2]", "[1,1,1,3]", "the files beside it end at")]
    [InlineData("[1,1,1,2]", "[1,1,1,1]", "the weights listed take 12 bytes, the files beside it have 16")]
    [InlineData("[1,1,1,2]", "[99999999,99999999,99999999,99999999]", "impossible shape")]
    [InlineData("[1,1,1,2]", "[1,-1,1,2]", "impossible shape")]
    [InlineData("\"size\":\"4\"", "\"size\":\"400000000\"", "no batch of images")]
    [InlineData("[\"1\",\"1\",\"1\",\"1\"]", "[\"1\",\"0\",\"1\",\"1\"]", "strides")]
    [InlineData("U0FNRQ==", "Rk9P", "padding 'FOO' is not known here")]
    [InlineData("TkhXQw==", "TkNIVw==", "only channels-last")]
    [InlineData("\"name\":\"Identity:0\"", "\"name\":\"None\"", "the output 'None' does not exist")]
    [InlineData("\"name\":\"Identity:0\"", "\"name\":\"w\"", "is a constant")]
    [InlineData("\"name\":\"relu\"", "\"name\":\"conv\"", "two nodes are named 'conv'")]
    [InlineData("\"name\":\"axes\",\"shape\"", "\"name\":\"w\",\"shape\"", "listed twice")]
    [InlineData("\"dtype\":\"int32\"", "\"dtype\":\"complex64\"", "is of the type complex64")]
    [InlineData("tiny.bin", "../tiny.bin", "is no name of a file beside it")]
    [InlineData("tiny.bin", "other.bin", "the weights of a face network are missing")]
    [InlineData("\"signature\"", "\"other\"", "a damaged one")]
    [InlineData("{\"format\"", "[{\"format\"", "a damaged one")]
    public void A_damaged_description_is_refused_with_the_reason(string from, string to, string reason)
    {
        var path = TinyGraph.Write(_folder, TinyGraph.Json.Replace(from, to));
        var failure = Assert.Throws<DataException>(() => GraphModel.Load(path));
        Assert.Contains(reason, failure.Message);
        Assert.Contains("pechead data prepare", failure.Message);
        Assert.StartsWith(_folder.Root, failure.File);
    }

    [Fact]
    public void Truncated_files_are_refused_at_every_length()
    {
        for (var length = 0; length < TinyGraph.Weights.Length; length++)
            Assert.Throws<DataException>(() => GraphModel.Load(TinyGraph.Write(_folder, TinyGraph.Json, TinyGraph.Weights[..length])));
        for (var length = 0; length < TinyGraph.Json.Length; length += 7)
            Assert.Throws<DataException>(() => GraphModel.Load(TinyGraph.Write(_folder, TinyGraph.Json[..length])));
    }

    [Fact]
    public void No_change_of_bytes_ends_in_another_error()
    {
        var bytes = Encoding.UTF8.GetBytes(TinyGraph.Json);
        var random = new Random(17);
        for (var i = 0; i < 400; i++)
        {
            var changed = bytes.ToArray();
            for (var k = 0; k < 1 + (i % 3); k++)
                changed[random.Next(changed.Length)] = (byte)(i % 2 == 0 ? '0' + random.Next(10) : random.Next(32, 127));
            try
            {
                TinyGraph.Write(_folder);
                File.WriteAllBytes(_folder["tiny.json"], changed);
                using var model = GraphModel.Load(_folder["tiny.json"]);
                using var scope = NewDisposeScope();
                model.call(ones([1, .. model.InputShape.Skip(1)]));
            }
            catch (DataException)
            {
                // Said clearly: as it should be.
            }
        }
    }

    [Fact]
    public void A_missing_asset_says_how_to_get_it()
    {
        var files = new FaceNetworkFiles(_folder.Root);
        foreach (var build in new Action[]
        {
            () => new FaceDetector(files).Dispose(), () => new FaceMesh(files).Dispose(), () => new FaceDescriptor(files).Dispose(),
            () => new RecognizerFeatures(files).Dispose(), () => GraphModel.Load(_folder["none.json"]).Dispose(),
        })
            Assert.Contains("pechead data prepare", Assert.Throws<DataException>(build).Message);
    }
}
