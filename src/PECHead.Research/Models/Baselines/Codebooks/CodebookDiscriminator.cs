using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Judges squares of a frame: the discriminator of the training.</summary>
/// <remarks><b>Paper:</b> Isola et al., Image-to-Image Translation with Conditional Adversarial Networks, CVPR 2017, with four layers.</remarks>
internal sealed class CodebookDiscriminator : nn.Module<Tensor, Tensor>
{
    /// <summary>Its name in files.</summary>
    public const string Part = "net_d";

    private const int Layers = 4;
    private const int KernelSize = 4;
    private const long MostMultiples = 8;
    private const double Slope = 0.2;

    [ComponentName(Name = "main")] private readonly Sequential _main;

    /// <summary>Builds the network.</summary>
    /// <param name="width">Channels of the first layer.</param>
    public CodebookDiscriminator(long width) : base(nameof(CodebookDiscriminator))
    {
        long Width(int layer) => width * Math.Min(MostMultiples, 1L << layer);
        var layers = new List<nn.Module<Tensor, Tensor>> { nn.Conv2d(3, width, KernelSize, 2, 1), nn.LeakyReLU(Slope) };
        for (int i = 1; i <= Layers; i++)
            layers.AddRange([nn.Conv2d(Width(i - 1), Width(i), KernelSize, i < Layers ? 2 : 1, 1, bias: false), nn.BatchNorm2d(Width(i)), nn.LeakyReLU(Slope)]);
        layers.Add(nn.Conv2d(Width(Layers), 1, KernelSize, 1, 1));
        _main = nn.Sequential(layers);
        RegisterComponents();
    }

    /// <summary>Judges frames.</summary>
    /// <param name="input">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>[N, 1, h, w], larger where a square looks real.</returns>
    public override Tensor forward(Tensor input) => _main.call(input);
}
