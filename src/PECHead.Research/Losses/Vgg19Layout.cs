using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>One convolution of VGG19.</summary>
/// <param name="Index">Its number in torchvision's <c>features</c>.</param>
/// <param name="InChannels">Channels of the input.</param>
/// <param name="OutChannels">Channels of the output.</param>
/// <param name="PoolBefore">Whether a 2x2 maximum precedes it.</param>
/// <param name="Tap">Whether its activation is one of the perceptual features.</param>
internal sealed record Vgg19Layer(int Index, int InChannels, int OutChannels, bool PoolBefore, bool Tap);

/// <summary>VGG19 as torchvision numbers it, to build the network and to check files of weights.</summary>
internal static class Vgg19Layout
{
    private static readonly (int Channels, int Convolutions)[] Stages = [(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)];

    // The two fully connected layers and the classifier: in the file, not in the features.
    private static readonly (string Name, long Out, long In)[] Classifier =
        [("classifier.0", 4096, 25088), ("classifier.3", 4096, 4096), ("classifier.6", 1000, 4096)];

    /// <summary>All 16 convolutions.</summary>
    public static IReadOnlyList<Vgg19Layer> Layers { get; } = BuildLayers();

    /// <summary>The convolutions that the perceptual features need.</summary>
    public static IReadOnlyList<Vgg19Layer> UpToLastTap { get; } =
        [.. Layers.Take(1 + Layers.ToList().FindLastIndex(layer => layer.Tap))];

    /// <summary>Throws unless a state dict is VGG19's: all that the features need is there, and nothing is foreign.</summary>
    public static void Check(IReadOnlyDictionary<string, Tensor> weights)
    {
        var known = Layers.SelectMany(Entries).Concat(Classifier.SelectMany(Entries)).ToDictionary(e => e.Name, e => e.Shape);
        var faults = UpToLastTap.SelectMany(Entries)
            .Where(entry => !weights.ContainsKey(entry.Name)).Select(entry => $"'{entry.Name}' is missing").ToList();
        foreach (var (name, weight) in weights)
        {
            if (!known.TryGetValue(name, out var shape))
                faults.Add($"'{name}' is no part of VGG19");
            else if (!weight.shape.AsSpan().SequenceEqual(shape))
                faults.Add($"'{name}' is [{string.Join(", ", weight.shape)}] instead of [{string.Join(", ", shape)}]");
        }
        if (faults.Count > 0)
            throw new ArgumentException($"These weights are not torchvision's VGG19: {string.Join("; ", faults)}.", nameof(weights));
    }

    private static List<Vgg19Layer> BuildLayers()
    {
        var layers = new List<Vgg19Layer>();
        int index = 0, inChannels = 3;
        foreach (var (channels, convolutions) in Stages)
        {
            for (int i = 0; i < convolutions; i++)
            {
                layers.Add(new Vgg19Layer(index, inChannels, channels, PoolBefore: i == 0 && index > 0, Tap: i == 0));
                index += 2;   // the convolution and its ReLU
                inChannels = channels;
            }
            index++;          // the pooling
        }
        return layers;
    }

    private static IEnumerable<(string Name, long[] Shape)> Entries(Vgg19Layer layer) =>
    [
        ($"features.{layer.Index}.weight", [layer.OutChannels, layer.InChannels, 3, 3]),
        ($"features.{layer.Index}.bias", [layer.OutChannels]),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Entries((string Name, long Out, long In) layer) =>
        [($"{layer.Name}.weight", [layer.Out, layer.In]), ($"{layer.Name}.bias", [layer.Out])];
}
