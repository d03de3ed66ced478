using PECHead.Research.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The weights of a network of @vladmandic/face-api, by name, turned into torch's layers.</summary>
internal sealed class NamedWeights
{
    private readonly Dictionary<string, StoredWeight> _weights;
    private readonly string _path;

    /// <summary>Reads a manifest and the binary file beside it.</summary>
    public NamedWeights(string path)
    {
        if (!File.Exists(path))
            throw new DataException("no such weights", path, FaceNetworkFiles.Remedy);
        _path = path;
        _weights = ModelJson.Read(path, root => StoredWeights.Read(root, path));
    }

    /// <summary>A tensor of a known shape, as stored.</summary>
    public Tensor Get(string name, params long[] shape)
    {
        if (!_weights.TryGetValue(name, out var weight))
            throw ModelJson.Fault(_path, $"the weight '{name}' is missing");
        if (!weight.Shape.AsSpan().SequenceEqual(shape) || weight.Integers.Length > 0)
            throw ModelJson.Fault(_path, $"the weight '{name}' is [{string.Join(", ", weight.Shape)}] instead of [{string.Join(", ", shape)}]");
        return tensor(weight.Values, shape);
    }

    /// <summary>A frozen convolution with filters [height, width, in, out] of the file.</summary>
    /// <param name="filters">[size, size, in, out].</param>
    /// <param name="bias">[out]; null: none.</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="depthwise">Whether the filters are [size, size, channels, 1], one a channel.</param>
    public static Conv2d Convolution(Tensor filters, Tensor? bias, int stride, int padding, bool depthwise = false)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var ordered = depthwise ? filters.permute(2, 3, 0, 1) : filters.permute(3, 2, 0, 1);
        var layer = nn.Conv2d(
            depthwise ? ordered.size(0) : ordered.size(1), ordered.size(0), filters.size(0), stride, padding,
            groups: depthwise ? ordered.size(0) : 1, bias: bias is not null);
        layer.weight.copy_(ordered);
        if (bias is not null)
            layer.bias!.copy_(bias);
        return layer.Frozen();
    }
}
