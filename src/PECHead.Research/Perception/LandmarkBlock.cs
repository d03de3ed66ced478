using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>A dense block of the landmark network: four convolutions, each on the sum of all before; the first halves the size.</summary>
internal sealed class LandmarkBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<Conv2d[]> _stages = [];

    public LandmarkBlock(NamedWeights weights, string name, int inChannels, int channels, bool isFirst) : base(nameof(LandmarkBlock))
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < 4; i++)
        {
            var (stage, from, stride) = ($"{name}/conv{i}", i == 0 ? inChannels : channels, i == 0 ? 2 : 1);
            var bias = weights.Get($"{stage}/bias", channels);
            Conv2d[] layers = isFirst && i == 0
                ? [NamedWeights.Convolution(weights.Get($"{stage}/filters", 3, 3, from, channels), bias, stride, 0)]
                :
                [
                    NamedWeights.Convolution(weights.Get($"{stage}/depthwise_filter", 3, 3, from, 1), null, stride, i == 0 ? 0 : 1, depthwise: true),
                    NamedWeights.Convolution(weights.Get($"{stage}/pointwise_filter", 1, 1, from, channels), bias, 1, 0),
                ];
            for (var k = 0; k < layers.Length; k++)
                register_module($"conv{i}_{k}", layers[k]);
            _stages.Add(layers);
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // TensorFlow's SAME for a step of 2 on even sizes: one row and column at the bottom and right.
        var sum = Stage(0, nn.functional.pad(input, [0, 1, 0, 1]));
        sum = sum.relu();
        for (var i = 1; i < _stages.Count; i++)
            sum += Stage(i, i == 1 ? sum : sum.relu());
        return sum.relu().MoveToOuterDisposeScope();
    }

    private Tensor Stage(int index, Tensor input) => _stages[index].Aggregate(input, (features, layer) => layer.call(features));
}
