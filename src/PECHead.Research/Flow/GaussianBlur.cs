using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>A separable Gaussian over maps of any number of channels; the border repeats.</summary>
internal sealed class GaussianBlur : IDisposable
{
    private readonly long _radius;
    private readonly Tensor _across, _down;

    /// <summary>Builds the filter for maps of a number of channels.</summary>
    public GaussianBlur(double sigma, long channels, Device device)
    {
        _radius = Math.Max(1, (long)Math.Round(3 * sigma));
        float[] taps = [.. Enumerable.Range((int)-_radius, (int)(2 * _radius + 1)).Select(x => (float)Math.Exp(-x * x / (2 * sigma * sigma)))];
        float total = taps.Sum();
        using var scope = NewDisposeScope();
        var kernel = tensor(taps).to(device) / total;
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
