using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>Judges overlapping patches of a frame: one number a patch.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: a multi-scale patch discriminator D. <b>Choice:</b> its inside is First Order Motion Model's: 4x4
/// convolutions without padding, instance normalisation but in the first block, LeakyReLU 0.2, average pooling but in the
/// last; with spectral normalisation, as in face-vid2vid.
/// </remarks>
internal sealed class PatchDiscriminator : nn.Module<Tensor, Tensor>
{
    private const int Kernel = 4;
    private const double Slope = 0.2;

    [ComponentName(Name = "convolutions")] private readonly ModuleList<SpectralConv2d> _convolutions;
    [ComponentName(Name = "norms")] private readonly ModuleList<InstanceNorm2d> _norms;
    [ComponentName(Name = "judge")] private readonly SpectralConv2d _judge;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public PatchDiscriminator(DiscriminatorConfig config) : base(nameof(PatchDiscriminator))
    {
        long Width(int block) => (long)config.BaseChannels << block;
        _convolutions = new ModuleList<SpectralConv2d>();
        _norms = new ModuleList<InstanceNorm2d>();
        for (int i = 0; i < config.Blocks; i++)
        {
            _convolutions.Add(new SpectralConv2d(i == 0 ? 3 : Width(i - 1), Width(i), Kernel));
            if (i > 0) _norms.Add(nn.InstanceNorm2d(Width(i), affine: true));
        }
        _judge = new SpectralConv2d(Width(config.Blocks - 1), 1, 1);
        RegisterComponents();
    }

    /// <summary>Judges frames.</summary>
    /// <param name="input">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, 1, h, w]: above 1 surely real, below −1 surely generated.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input;
        for (int i = 0; i < _convolutions.Count; i++)
        {
            features = _convolutions[i].call(features);
            if (i > 0) features = _norms[i - 1].call(features);
            features = nn.functional.leaky_relu(features, Slope);
            if (i < _convolutions.Count - 1) features = nn.functional.avg_pool2d(features, 2);
        }
        return _judge.call(features).MoveToOuterDisposeScope();
    }
}
