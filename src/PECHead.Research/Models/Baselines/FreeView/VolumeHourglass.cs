using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>The hourglass of First Order Motion Model for volumes, with one more convolution at its end.</summary>
internal sealed class VolumeHourglass : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "encoder")] private readonly ModuleList<NormalizedBlock> _encoder;
    [ComponentName(Name = "decoder")] private readonly VolumeDecoder _decoder;

    /// <summary>Builds the network.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="expansion">Channels of the decoder's last step.</param>
    /// <param name="maxChannels">Upper bound of the channels of any step.</param>
    /// <param name="depth">Halvings of height and width.</param>
    public VolumeHourglass(long inChannels, long expansion, long maxChannels, int depth) : base(nameof(VolumeHourglass))
    {
        long Width(int level) => Math.Min(maxChannels, expansion << level);

        _encoder = new ModuleList<NormalizedBlock>();
        for (int i = 0; i < depth; i++)
            _encoder.Add(VolumeBlock.Down(i == 0 ? inChannels : Width(i), Width(i + 1)));
        _decoder = new VolumeDecoder(inChannels, Width, depth);
        OutChannels = Width(0) + inChannels;
        RegisterComponents();
    }

    /// <summary>Channels of the output.</summary>
    public long OutChannels { get; }

    /// <summary>Applies the network.</summary>
    /// <param name="input">Volumes [N, inChannels, D, H, W].</param>
    /// <returns>Volumes [N, <see cref="OutChannels"/>, D, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var features = input;
        foreach (var down in _encoder)
        {
            skips.Push(features);
            features = down.call(features);
        }
        return _decoder.Decode(features, skips).MoveToOuterDisposeScope();
    }
}

/// <summary>The second half of a <see cref="VolumeHourglass"/>.</summary>
internal sealed class VolumeDecoder : nn.Module
{
    private readonly List<NormalizedBlock> _up = [];   // under their numbers, as in the other hourglasses
    [ComponentName(Name = "conv")] private readonly VolumeConv _conv;
    [ComponentName(Name = "norm")] private readonly BatchNorm3d _norm;

    /// <summary>Builds the steps.</summary>
    /// <param name="inChannels">Channels of the hourglass' input.</param>
    /// <param name="width">Channels at a number of halvings.</param>
    /// <param name="depth">Halvings.</param>
    public VolumeDecoder(long inChannels, Func<int, long> width, int depth) : base(nameof(VolumeDecoder))
    {
        for (int i = depth - 1; i >= 0; i--)
        {
            var block = VolumeBlock.Up((i == depth - 1 ? 1 : 2) * width(i + 1), width(i));
            register_module($"{_up.Count}", block);
            _up.Add(block);
        }
        long channels = width(0) + inChannels;
        _conv = new VolumeConv(channels, channels, 3);
        _norm = nn.BatchNorm3d(channels);
        RegisterComponents();
    }

    /// <summary>Raises volumes to the size of the input.</summary>
    /// <param name="volume">The smallest volume.</param>
    /// <param name="skips">Volumes of the encoder, the smallest on top.</param>
    public Tensor Decode(Tensor volume, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        foreach (var up in _up)
            volume = cat([up.call(volume), skips.Pop()], 1);
        return _norm.call(_conv.call(volume)).relu_().MoveToOuterDisposeScope();
    }
}
