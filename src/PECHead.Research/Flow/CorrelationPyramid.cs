using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>Similarity of every pair of feature vectors of two frames, at four resolutions of the second frame.</summary>
/// <remarks><b>Paper:</b> RAFT, Sec. 3.2.</remarks>
internal sealed class CorrelationPyramid : IDisposable
{
    private const int Levels = 4;
    private const int Radius = 4;
    private const int Side = 2 * Radius + 1;

    private readonly Tensor[] _levels;        // [N·h·w, 1, h/2ˡ, w/2ˡ]
    private readonly Tensor _around;          // [1, 9, 9, 2]: x varies slowest, as in the authors' weights

    /// <summary>Numbers that a look-up gives for a pixel.</summary>
    public const long Channels = Levels * Side * Side;

    /// <summary>Compares features [N, C, h, w] of two frames; h and w are at least 16.</summary>
    public CorrelationPyramid(Tensor current, Tensor previous)
    {
        using var scope = NewDisposeScope();
        long n = current.size(0), channels = current.size(1), height = current.size(2), width = current.size(3);
        var all = current.reshape(n, channels, -1).transpose(1, 2).matmul(previous.reshape(n, channels, -1)) / Math.Sqrt(channels);
        _levels = new Tensor[Levels];
        _levels[0] = all.reshape(n * height * width, 1, height, width);
        for (int i = 1; i < Levels; i++)
            _levels[i] = nn.functional.avg_pool2d(_levels[i - 1], 2, 2);
        var axis = linspace(-Radius, Radius, Side, current.dtype, current.device);
        _around = stack([axis.unsqueeze(1).expand(Side, Side), axis.unsqueeze(0).expand(Side, Side)], -1).unsqueeze(0);
        foreach (var tensor in _levels.Append(_around))
            tensor.DetachFromDisposeScope();
    }

    /// <summary>Correlations within four pixels of a position, at every level.</summary>
    /// <param name="positions">[N, 2, h, w], (x, y) in pixels of the second frame's features.</param>
    /// <returns>[N, <see cref="Channels"/>, h, w].</returns>
    public Tensor LookUp(Tensor positions)
    {
        using var scope = NewDisposeScope();
        long n = positions.size(0), height = positions.size(2), width = positions.size(3);
        var centres = positions.permute(0, 2, 3, 1).reshape(-1, 1, 1, 2);
        var found = new List<Tensor>();
        for (int i = 0; i < Levels; i++)
        {
            var pixels = centres / (1 << i) + _around;
            var size = tensor(new[] { 2f / (_levels[i].size(3) - 1), 2f / (_levels[i].size(2) - 1) }).to(pixels.dtype).to(pixels.device);
            found.Add(Warping.Sample(_levels[i], pixels * size - 1, alignCorners: true).reshape(n, height, width, -1));
        }
        return cat(found, -1).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in _levels.Append(_around))
            tensor.Dispose();
    }
}
