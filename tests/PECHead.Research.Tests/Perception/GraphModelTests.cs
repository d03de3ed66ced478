using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

public sealed class GraphModelTests
{
    [NetworkTheory]
    [InlineData("blazeface", 2, -1)]
    [InlineData("facemesh", 1, 0)]
    [InlineData("faceres", 255, 0)]
    [InlineData("emotion", 2, -1)]
    [InlineData("iris", 1, 0)]
    public void Every_node_and_output_is_what_the_packages_own_code_gives(string name, double scale, double shift)
    {
        var golden = Golden.Read(name);
        using var model = GraphModel.Load(FileOf(name));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var nodes = golden.GetProperty("nodes").EnumerateArray().ToDictionary(node => node.GetProperty("node").GetString()!);
        var seen = 0;
        var outputs = model.Run((Golden.Input(golden) * scale) + shift, (node, value) =>
        {
            if (!nodes.TryGetValue(node, out var expected))
                return;
            seen++;
            Assert.Equal(Golden.Sizes(expected.GetProperty("shape")), value.shape);
            var rms = expected.GetProperty("rms").GetDouble();
            var tolerance = 1e-4 * (1 + rms);
            Assert.True(Math.Abs(rms - value.square().mean().sqrt().item<float>()) <= tolerance, $"{node}: rms");
            Assert.True(Math.Abs(expected.GetProperty("mean").GetDouble() - value.mean().item<float>()) <= tolerance, $"{node}: mean");
            var flat = value.reshape(-1);
            var first = Golden.Numbers(expected.GetProperty("first4"));
            TensorAssert.Close(tensor(first), flat.narrow(0, 0, first.Length), tolerance, node);
        });
        Assert.Equal(nodes.Count, seen);
        foreach (var output in golden.GetProperty("outputs").EnumerateObject())
        {
            var expected = tensor(Golden.Numbers(output.Value.GetProperty("data")));
            var value = outputs[output.Name.Replace(":0", "")];
            if (value.ndim == 4)
                value = value.permute(0, 2, 3, 1);
            TensorAssert.Close(expected, value.reshape(-1), 1e-4 * Math.Max(1, expected.abs().max().item<float>()), output.Name);
        }
    }

    [NetworkTheory]
    [InlineData("blazeface", 2, -1)]
    [InlineData("facemesh", 1, 0)]
    [InlineData("faceres", 255, 0)]
    public void Blocks_of_nodes_in_one_step_give_what_the_packages_own_code_gives(string name, double scale, double shift)
    {
        var golden = Golden.Read(name);
        using var model = GraphModel.Load(FileOf(name));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var outputs = model.call((Golden.Input(golden) * scale) + shift);
        foreach (var output in golden.GetProperty("outputs").EnumerateObject())
        {
            var expected = tensor(Golden.Numbers(output.Value.GetProperty("data")));
            var value = outputs[output.Name.Replace(":0", "")];
            TensorAssert.Close(expected, (value.ndim == 4 ? value.permute(0, 2, 3, 1) : value).reshape(-1), 1e-4 * Math.Max(1, expected.abs().max().item<float>()), output.Name);
        }
    }

    [NetworkFact]
    public void A_batch_gives_what_its_images_give_alone_and_no_memory_stays()
    {
        using var model = GraphModel.Load(PublishedNetworks.Files.FaceMesh);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var batch = rand([3, 3, 192, 192], generator: generator);
        var together = model.call(batch)["output_mesh"];
        for (var i = 0; i < 3; i++)
            TensorAssert.Close(model.call(batch.narrow(0, i, 1))["output_mesh"][0], together[i], 2e-3);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++)
        {
            foreach (var output in model.call(batch).Values)
                output.Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [NetworkTheory]
    [InlineData("blazeface")]
    [InlineData("facemesh")]
    [InlineData("faceres")]
    [InlineData("emotion")]
    public void The_gradient_flows_to_the_input_and_to_nothing_else(string name)
    {
        using var model = GraphModel.Load(FileOf(name));
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var input = rand([1, .. model.InputShape.Skip(1)], generator: generator).requires_grad_(true);
        var output = model.call(input);
        output.Values.Aggregate(zeros([1]), (sum, value) => sum + value.square().mean()).sum().backward();
        Assert.True(TensorAssert.IsFinite(input.grad!) && input.grad!.abs().max().item<float>() > 0);
        Assert.All(model.buffers(), weight => Assert.False(weight.requires_grad));
        Assert.Empty(model.parameters());
    }

    [NetworkFact]
    public void An_input_of_another_size_is_refused()
    {
        using var model = GraphModel.Load(PublishedNetworks.FileOf("emotion"));
        using var input = zeros([1, 3, 64, 64]);
        Assert.Contains("Expected shape", Assert.Throws<ArgumentException>(() => model.call(input)).Message);
    }

    private static string FileOf(string name) => name switch
    {
        "blazeface" => PublishedNetworks.Files.BlazeFace,
        "facemesh" => PublishedNetworks.Files.FaceMesh,
        "faceres" => PublishedNetworks.Files.FaceDescriptor,
        _ => PublishedNetworks.FileOf(name),
    };
}
