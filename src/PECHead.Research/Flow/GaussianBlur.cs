using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>A separable Gaussian over maps of any number of channels; the border repeats.</summary>
internal sealed class GaussianBlur : IDisposable
{
    private readonly int _radius;
    private readonly Tensor _across, _down;

    /// <summary>Builds the filter for maps of a number of channels.</summary>
    public GaussianBlur(double sigma, long channels, Device device)
    {
        _radius = Math.Max(1, (int)Math.Round(3 * sigma));
        using var scope = NewDisposeScope();
        var kernel = GaussianTaps.Create(sigma, _radius).to(ScalarType.Float32, device);
        _across = kernel.reshape(1, 1, 1, -1).repeat(channels, 1, 1, 1).DetachFromDisposeScope();
        _down = kernel.reshape(1, 1, -1, 1).repeat(channels, 1, 1, 1).DetachFromDisposeScope();
    }

    /// <summary>Blurs maps [N, C, H, W].</summary>
    public Tensor Apply(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var padded = nn.functional.pad(maps, [_radius, _radius, _radius, _radius], TorchSharp.PaddingModes.Replicate);
        var rows = nn.functional.conv2d(padded, _across, groups: maps.size(1));
        return nn.functional.conv2d(rows, _down, groups: maps.size(1)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _across.Dispose();
        _down.Dispose();
    }
}
