using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>AdaIN: instance normalisation whose scale and shift are read from a style, (1 + γ)·IN(h) + β.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: pose and expression enter the keypoint estimator by AdaIN (Huang and Belongie 2017).
/// <b>Choice:</b> γ and β are linear in the style and start at zero, so that an untrained layer ignores it.
/// </remarks>
internal sealed class AdaptiveInstanceNorm : nn.Module<Tensor, Tensor, Tensor>, INeutralStart
{
    private const double Epsilon = 1e-5;
    private static readonly long[] Places = [2, 3];

    [ComponentName(Name = "affine")] private readonly Linear _affine;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="styleSize">Values of the style.</param>
    public AdaptiveInstanceNorm(long channels, long styleSize) : base(nameof(AdaptiveInstanceNorm))
    {
        _affine = nn.Linear(styleSize, 2 * channels);
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input1">Features [N, C, H, W], more than one place each.</param>
    /// <param name="input2">Styles [N, S].</param>
    /// <returns>Features [N, C, H, W].</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        // Statistics need more than eight bits of mantissa. nn.functional.instance_norm takes three times as long on small maps
        // and gives up the layout in which the channels of a pixel lie side by side.
        var features = input1.dtype == ScalarType.BFloat16 ? input1.to(ScalarType.Float32) : input1;
        var parts = _affine.call(input2).to(features.dtype).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);   // γ, β [N, C, 1, 1]
        var scale = (1 + parts[0]) * (features.var(Places, unbiased: false, keepdim: true) + Epsilon).rsqrt();
        var shift = parts[1] - scale * features.mean(Places, keepdim: true);
        return (features * scale).add_(shift).MoveToOuterDisposeScope();
    }

    void INeutralStart.StartNeutral() => NeutralStart.Zero(_affine);
}
