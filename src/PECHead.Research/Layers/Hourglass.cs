using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// Encoder and decoder with skips by concatenation: every decoder step is joined with the encoder map of its size, the
/// last one with the input itself.
/// </summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model. With expansion e, maximum m and depth n the encoder has
/// min(m, e·2^(i+1)) channels after step i, the decoder mirrors it, and the output has e + inChannels.
/// </remarks>
internal sealed class Hourglass : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "encoder")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _encoder;
    [ComponentName(Name = "decoder")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _decoder;

    /// <summary>Builds the network.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="expansion">Channels of the decoder's last step.</param>
    /// <param name="maxChannels">Upper bound of the channels of any step.</param>
    /// <param name="depth">Halvings; the sides of the input must be divisible by 2^depth.</param>
    public Hourglass(long inChannels, long expansion, long maxChannels, int depth)
        : this(inChannels, expansion, maxChannels, depth, (from, to) => new DownBlock(from, to), (from, to) => new UpBlock(from, to))
    {
    }

    /// <summary>Builds the network of blocks of another kind.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="expansion">Channels of the decoder's last step.</param>
    /// <param name="maxChannels">Upper bound of the channels of any step.</param>
    /// <param name="depth">Halvings.</param>
    /// <param name="down">Makes a block that halves both sides, of these channels in and out.</param>
    /// <param name="up">Makes a block that doubles both sides.</param>
    public Hourglass(
        long inChannels, long expansion, long maxChannels, int depth, Func<long, long, nn.Module<Tensor, Tensor>> down, Func<long, long, nn.Module<Tensor, Tensor>> up)
        : base(nameof(Hourglass))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        long Width(int level) => Math.Min(maxChannels, expansion << level);

        _encoder = new ModuleList<nn.Module<Tensor, Tensor>>();
        _decoder = new ModuleList<nn.Module<Tensor, Tensor>>();
        for (int i = 0; i < depth; i++)
            _encoder.Add(down(i == 0 ? inChannels : Width(i), Width(i + 1)));
        for (int i = depth - 1; i >= 0; i--)
            _decoder.Add(up((i == depth - 1 ? 1 : 2) * Width(i + 1), Width(i)));
        OutChannels = Width(0) + inChannels;
        HalfChannels = 2 * Width(1);
        RegisterComponents();
    }

    /// <summary>Channels of the output.</summary>
    public long OutChannels { get; }

    /// <summary>Channels of the step before the last, at half the size; there is one from a depth of 2 on.</summary>
    public long HalfChannels { get; }

    /// <summary>Applies the network.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, <see cref="OutChannels"/>, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Steps(input)[^1].MoveToOuterDisposeScope();
    }

    /// <summary>Applies the network.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>What each decoder step gave, joined with the encoder map of its size; the smallest first.</returns>
    public IReadOnlyList<Tensor> Steps(Tensor input)
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
