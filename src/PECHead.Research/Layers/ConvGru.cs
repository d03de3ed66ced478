using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// Gated recurrent unit on feature maps: z, r = σ(Conv([x, h])), q = tanh(Conv([x, r·h])), h ← (1 − z)·h + z·q.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 4: ConvGRU (Ballas et al. 2016). <b>Choice:</b> 3x3 kernels, as many channels as the input. Gates may be
/// computed at half the resolution: z and r are then equal in squares of 2x2 pixels.
/// </remarks>
internal sealed class ConvGru : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "gates")] private readonly Conv2d _gates;
    [ComponentName(Name = "candidate")] private readonly Conv2d _candidate;
    private readonly bool _halfGates;

    /// <summary>Builds the unit.</summary>
    /// <param name="channels">Channels of the input and of the state.</param>
    /// <param name="halfGates">Whether the gates are computed at half the resolution, for a quarter of their arithmetic.</param>
    public ConvGru(long channels, bool halfGates = false) : base(nameof(ConvGru))
    {
        _halfGates = halfGates;
        _gates = nn.Conv2d(2 * channels, 2 * channels, 3, padding: 1);
        _candidate = nn.Conv2d(2 * channels, channels, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>Advances the state by one frame.</summary>
    /// <param name="input1">x: features [N, C, H, W].</param>
    /// <param name="input2">h: state of the same shape.</param>
    /// <returns>The next state.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var gates = Gates(cat([input1, input2], 1)).sigmoid().chunk(2, 1);
        var (update, reset) = (gates[0], gates[1]);
        var candidate = _candidate.call(cat([input1, reset * input2], 1)).tanh();
        return (input2 + (update * (candidate - input2))).MoveToOuterDisposeScope();
    }

    private Tensor Gates(Tensor both)
        => _halfGates ? nn.functional.interpolate(_gates.call(nn.functional.avg_pool2d(both, 2, ceil_mode: true)), [both.size(2), both.size(3)], mode: InterpolationMode.Nearest) : _gates.call(both);
}
