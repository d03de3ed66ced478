using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>Joins the features of two branches of one level: concatenation, then a 3x3 convolution.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Table 4, row FeatCat. <b>Choice:</b> the convolution. It starts as the mean of the two, so that the
/// setting begins where those of one branch begin.
/// </remarks>
internal sealed class ConcatenationMerge : FeatureMerge, Layers.INeutralStart
{
    private const int Kernel = 3;

    [ComponentName(Name = "conv")] private readonly Conv2d _conv;

    /// <summary>Builds the merge.</summary>
    /// <param name="channels">C: channels of each branch.</param>
    public ConcatenationMerge(long channels) : base(nameof(ConcatenationMerge))
    {
        _conv = nn.Conv2d(2 * channels, channels, Kernel, padding: Kernel / 2);
        RegisterComponents();
    }

    /// <summary>Merges.</summary>
    /// <param name="input">Two branches of features [N, C, h, w].</param>
    /// <returns>[N, C, h, w].</returns>
    public override Tensor forward(IReadOnlyList<AlignedFeatures> input)
    {
        using var scope = NewDisposeScope();
        return _conv.call(cat([input[0].Features, input[1].Features], 1)).MoveToOuterDisposeScope();
    }

    void Layers.INeutralStart.StartNeutral()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var half = 0.5 * eye(_conv.weight.size(0));
        Layers.NeutralStart.Zero(_conv);
        _conv.weight.select(3, Kernel / 2).select(2, Kernel / 2).copy_(cat([half, half], 1));
    }
}
