using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Directions of the motion in the space of codes: learned vectors, made orthogonal when they are used.</summary>
/// <remarks><b>Paper:</b> Latent Image Animator, Sec. 3.3, Eq. 2: the Q of a QR decomposition.</remarks>
internal sealed class LatentDirections : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-8;

    [ComponentName(Name = "weight")] private readonly Parameter _weight;

    /// <summary>Builds the directions.</summary>
    /// <param name="codeSize">Numbers of a code.</param>
    /// <param name="count">How many directions.</param>
    public LatentDirections(long codeSize, long count) : base(nameof(LatentDirections))
    {
        _weight = Learned.From(randn([codeSize, count]));
        RegisterComponents();
    }

    /// <summary>The directions as columns of length 1, [codeSize, count].</summary>
    public Tensor Basis()
    {
        using var scope = NewDisposeScope();
        return linalg.qr(_weight + Epsilon).Item1.MoveToOuterDisposeScope();
    }

    /// <summary>The step in the space of codes.</summary>
    /// <param name="input">How far along each direction, [N, count].</param>
    /// <returns>[N, codeSize].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return input.matmul(Basis().t()).MoveToOuterDisposeScope();
    }
}
