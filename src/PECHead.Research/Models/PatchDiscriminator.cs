using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>Judges overlapping patches of a frame: one number a patch.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: a multi-scale patch discriminator D. <b>Choice:</b> its inside is First Order Motion Model's: 4x4
/// convolutions without padding, instance normalisation but in the first block, LeakyReLU 0.2, average pooling but in the
/// last; with spectral normalisation, as in face-vid2vid, unless the configuration says otherwise.
/// </remarks>
internal sealed class PatchDiscriminator : nn.Module<Tensor, Tensor>
{
    private const int Kernel = 4;
    private const double Slope = 0.2;

    [ComponentName(Name = "convolutions")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _convolutions;
    [ComponentName(Name = "norms")] private readonly ModuleList<InstanceNorm2d> _norms;
    [ComponentName(Name = "judge")] private readonly nn.Module<Tensor, Tensor> _judge;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public PatchDiscriminator(DiscriminatorConfig config) : base(nameof(PatchDiscriminator))
    {
        long Width(int block) => (long)config.BaseChannels << block;
        nn.Module<Tensor, Tensor> Convolution(long from, long to, long kernel) => config.Spectral ? new SpectralConv2d(from, to, kernel) : nn.Conv2d(from, to, kernel);

        _convolutions = new ModuleList<nn.Module<Tensor, Tensor>>();
        _norms = new ModuleList<InstanceNorm2d>();
        for (int i = 0; i < config.Blocks; i++)
        {
            _convolutions.Add(Convolution(i == 0 ? 3 + config.ConditionChannels : Width(i - 1), Width(i), Kernel));
            if (i > 0) _norms.Add(nn.InstanceNorm2d(Width(i), affine: true));
        }
        _judge = Convolution(Width(config.Blocks - 1), 1, 1);
        RegisterComponents();
    }

    /// <summary>Judges frames.</summary>
    /// <param name="input">[N, 3, H, W], RGB in [0, 1], with the maps of the configuration behind the colours.</param>
    /// <returns>[N, 1, h, w]: above 1 surely real, below −1 surely generated.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Examine(input).Map.MoveToOuterDisposeScope();
    }

    /// <summary>Judges frames, and keeps what each block made of them.</summary>
    /// <param name="input">As for <see cref="forward"/>.</param>
    public PatchJudgement Examine(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input;
        var kept = new List<Tensor>();
        for (int i = 0; i < _convolutions.Count; i++)
        {
            features = _convolutions[i].call(features);
            if (i > 0) features = _norms[i - 1].call(features);
            features = nn.functional.leaky_relu(features, Slope);
            if (i < _convolutions.Count - 1) features = nn.functional.avg_pool2d(features, 2);
            kept.Add(features);
        }
        return new PatchJudgement(_judge.call(features), kept).MoveToOuterDisposeScope();
    }
}

/// <summary>What a <see cref="PatchDiscriminator"/> makes of frames.</summary>
/// <param name="Map">[N, 1, h, w].</param>
/// <param name="Features">Of each block, [N, C, h, w].</param>
internal sealed record PatchJudgement(Tensor Map, IReadOnlyList<Tensor> Features) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Map, .. Features];
}
