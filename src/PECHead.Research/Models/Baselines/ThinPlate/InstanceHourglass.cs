using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>The hourglass of First Order Motion Model with instance normalisation, and with the results of all its decoder steps.</summary>
internal sealed class InstanceHourglass : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    [ComponentName(Name = "encoder")] private readonly ModuleList<InstanceBlock> _encoder;
    [ComponentName(Name = "decoder")] private readonly ModuleList<InstanceBlock> _decoder;

    /// <summary>Builds the network.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="expansion">Channels of the decoder's last step.</param>
    /// <param name="maxChannels">Upper bound of the channels of any step.</param>
    /// <param name="depth">Halvings, at least 2.</param>
    public InstanceHourglass(long inChannels, long expansion, long maxChannels, int depth) : base(nameof(InstanceHourglass))
    {
        long Width(int level) => Math.Min(maxChannels, expansion << level);

        _encoder = new ModuleList<InstanceBlock>();
        _decoder = new ModuleList<InstanceBlock>();
        for (int i = 0; i < depth; i++)
            _encoder.Add(InstanceBlock.Down(i == 0 ? inChannels : Width(i), Width(i + 1)));
        for (int i = depth - 1; i >= 0; i--)
            _decoder.Add(InstanceBlock.Up((i == depth - 1 ? 1 : 2) * Width(i + 1), Width(i)));
        OutChannels = Width(0) + inChannels;
        HalfChannels = 2 * Width(1);
        RegisterComponents();
    }

    /// <summary>Channels of the last result.</summary>
    public long OutChannels { get; }

    /// <summary>Channels of the result before it, at half the size.</summary>
    public long HalfChannels { get; }

    /// <summary>Applies the network.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>What each decoder step gave, joined with the encoder map of its size; the smallest first.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var features = input;
        foreach (var down in _encoder)
        {
            skips.Push(features);
            features = down.call(features);
        }
        var steps = new List<Tensor>();
        foreach (var up in _decoder)
            steps.Add(features = cat([up.call(features), skips.Pop()], 1));
        return steps.ConvertAll(step => step.MoveToOuterDisposeScope());
    }
}
