using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>A convolutional GRU whose 5x5 window is split into a horizontal and a vertical pass.</summary>
/// <remarks><b>Paper:</b> RAFT (Teed and Deng, ECCV 2020), Sec. 3.3 and the appendix.</remarks>
internal sealed class SeparableGru : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "convz1")] private readonly Conv2d _update1;
    [ComponentName(Name = "convr1")] private readonly Conv2d _reset1;
    [ComponentName(Name = "convq1")] private readonly Conv2d _candidate1;
    [ComponentName(Name = "convz2")] private readonly Conv2d _update2;
    [ComponentName(Name = "convr2")] private readonly Conv2d _reset2;
    [ComponentName(Name = "convq2")] private readonly Conv2d _candidate2;

    public SeparableGru(long hidden, long input) : base(nameof(SeparableGru))
    {
        Conv2d Across() => nn.Conv2d(hidden + input, hidden, (1, 5), padding: (0, 2));
        Conv2d Down() => nn.Conv2d(hidden + input, hidden, (5, 1), padding: (2, 0));
        (_update1, _reset1, _candidate1) = (Across(), Across(), Across());
        (_update2, _reset2, _candidate2) = (Down(), Down(), Down());
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor input)
    {
        using var scope = NewDisposeScope();
        hidden = Pass(hidden, input, _update1, _reset1, _candidate1);
        return Pass(hidden, input, _update2, _reset2, _candidate2).MoveToOuterDisposeScope();
    }

    private static Tensor Pass(Tensor hidden, Tensor input, Conv2d update, Conv2d reset, Conv2d candidate)
    {
        var both = cat([hidden, input], 1);
        var (z, r) = (update.call(both).sigmoid(), reset.call(both).sigmoid());
        var q = candidate.call(cat([r * hidden, input], 1)).tanh();
        return (1 - z) * hidden + z * q;
    }
}
