using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class AdaptiveInstanceNormTests
{
    [Fact]
    public void The_style_gives_each_channel_its_mean_and_deviation()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = new AdaptiveInstanceNorm(2, 1);
        var parameters = layer.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        parameters["affine.weight"].copy_(tensor(new[] { 1f, 2f, 3f, 4f }, [4, 1]));   // γ1, γ2, β1, β2
        parameters["affine.bias"].zero_();

        var result = layer.call(5 + (7 * randn(3, 2, 16, 16)), tensor(new[] { 0f, 1f, -0.5f }, [3, 1]));

        double[] deviations = [1, 1, 2, 3, 0.5, 0];
        double[] means = [0, 0, 3, 4, -1.5, -2];
        for (int i = 0; i < 6; i++)
        {
            var map = result[i / 2, i % 2];
            Assert.Equal(means[i], map.mean().ToDouble(), 3);
            Assert.Equal(deviations[i], (map - map.mean()).square().mean().sqrt().ToDouble(), 3);
        }
    }
}
