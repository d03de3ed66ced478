using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Points of N frames: learned keypoints, or landmarks.</summary>
/// <param name="Positions">[N, K, 2], (x, y) in [-1, 1]; the ends are the centres of the border pixels.</param>
public readonly record struct Keypoints(Tensor Positions) : ITensorRecord
{
    /// <summary>K, the number of points.</summary>
    public long Count => Positions.size(1);

    /// <summary>The same positions cut off from the gradient.</summary>
    public Keypoints Detach() => new(Positions.detach());

    /// <summary>The same positions under a handle of their own.</summary>
    public Keypoints Alias() => new(Positions.alias());

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Positions];
}
